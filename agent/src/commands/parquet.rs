//! Tables as Parquet files: flat columns, one row group, one uncompressed page per column.
//!
//! That small part of the format takes fewer lines here than a library would take crates
//! (<https://parquet.apache.org/docs/file-format>). What describes the table is in Thrift's compact
//! protocol.

/// The values of a column, one per row.
pub enum Values {
	/// Whole numbers.
	Whole(Vec<i64>),
	/// Times in milliseconds since 1970, in UTC.
	Time(Vec<i64>),
	/// Texts.
	Text(Vec<String>),
	/// Numbers, some of which may be missing.
	Number(Vec<Option<f64>>),
}

/// The first and the last bytes of a file.
const MAGIC: &[u8] = b"PAR1";

// Numbers of the format's enums.
const INT64: i64 = 2;
const DOUBLE: i64 = 5;
const BYTE_ARRAY: i64 = 6;
const REQUIRED: i64 = 0;
const OPTIONAL: i64 = 1;
const UTF8: i64 = 0;
const TIMESTAMP_MILLIS: i64 = 9;
const PLAIN: i64 = 0;
const RLE: i64 = 3;
const UNCOMPRESSED: i64 = 0;
const DATA_PAGE: i64 = 0;

impl Values {
	fn kind(&self) -> i64 {
		match self {
			Self::Whole(_) | Self::Time(_) => INT64,
			Self::Text(_) => BYTE_ARRAY,
			Self::Number(_) => DOUBLE,
		}
	}

	/// What the values mean, if they are more than numbers.
	fn meaning(&self) -> Option<i64> {
		match self {
			Self::Time(_) => Some(TIMESTAMP_MILLIS),
			Self::Text(_) => Some(UTF8),
			Self::Whole(_) | Self::Number(_) => None,
		}
	}

	fn repetition(&self) -> i64 {
		match self {
			Self::Number(_) => OPTIONAL,
			_ => REQUIRED,
		}
	}

	fn len(&self) -> usize {
		match self {
			Self::Whole(values) | Self::Time(values) => values.len(),
			Self::Text(values) => values.len(),
			Self::Number(values) => values.len(),
		}
	}

	/// The contents of the page: which values there are, if some may be missing, and those.
	fn page(&self) -> Vec<u8> {
		let mut page = Vec::new();
		match self {
			Self::Whole(values) | Self::Time(values) => {
				values.iter().for_each(|value| page.extend(value.to_le_bytes()));
			}
			Self::Text(values) => {
				for value in values {
					page.extend((value.len() as u32).to_le_bytes());
					page.extend(value.as_bytes());
				}
			}
			Self::Number(values) => {
				// Groups of eight bits, of which a 1 stands for a value.
				let groups = values.chunks(8);
				let mut levels = Vec::new();
				varint(&mut levels, (groups.len() as u64) << 1 | 1);
				levels.extend(groups.map(|group| {
					let bits = group.iter().enumerate();
					bits.map(|(bit, value)| u8::from(value.is_some()) << bit).sum::<u8>()
				}));
				page.extend((levels.len() as u32).to_le_bytes());
				page.extend(levels);
				values.iter().flatten().for_each(|value| page.extend(value.to_le_bytes()));
			}
		}
		page
	}
}

/// A file with these columns, all of the same length.
pub fn write(columns: &[(String, Values)]) -> Vec<u8> {
	let rows = columns.first().map_or(0, |(_, values)| values.len()) as i64;
	let mut file = MAGIC.to_vec();
	let mut chunks = Vec::new();
	for (name, values) in columns {
		let (start, page) = (file.len(), values.page());
		let mut header = Struct::default();
		header.int(1, DATA_PAGE).int(2, page.len() as i64).int(3, page.len() as i64);
		let mut data = Struct::default();
		data.int(1, rows).int(2, PLAIN).int(3, RLE).int(4, RLE);
		file.extend(header.nested(5, data).end());
		file.extend(page);
		let size = (file.len() - start) as i64;
		let mut about = Struct::default();
		about
			.int(1, values.kind())
			.ints(2, &[PLAIN, RLE])
			.texts(3, &[name])
			.int(4, UNCOMPRESSED)
			.long(5, rows)
			.long(6, size)
			.long(7, size)
			.long(9, start as i64);
		let mut chunk = Struct::default();
		chunk.long(2, start as i64).nested(3, about);
		chunks.push((chunk, size));
	}
	let size = chunks.iter().map(|(_, size)| size).sum();
	let mut root = Struct::default();
	root.text(4, "epochs").int(5, columns.len() as i64);
	let mut schema = vec![root];
	for (name, values) in columns {
		let mut column = Struct::default();
		column.int(1, values.kind()).int(3, values.repetition()).text(4, name);
		if let Some(meaning) = values.meaning() {
			column.int(6, meaning);
		}
		schema.push(column);
	}
	let mut group = Struct::default();
	group
		.structs(1, chunks.into_iter().map(|(chunk, _)| chunk).collect())
		.long(2, size)
		.long(3, rows);
	let mut footer = Struct::default();
	let by = concat!("allora-agent ", env!("CARGO_PKG_VERSION"));
	footer.int(1, 1).structs(2, schema).long(3, rows).structs(4, vec![group]).text(6, by);
	let footer = footer.end();
	let length = footer.len() as u32;
	file.extend(footer);
	file.extend(length.to_le_bytes());
	file.extend(MAGIC);
	file
}

/// A number in groups of seven bits, the lowest first.
fn varint(to: &mut Vec<u8>, mut number: u64) {
	while number >= 0x80 {
		to.push(number as u8 | 0x80);
		number >>= 7;
	}
	to.push(number as u8);
}

/// A structure of Thrift's compact protocol; fields are added by ascending number.
#[derive(Default)]
struct Struct {
	bytes: Vec<u8>,
	last: u8,
}

// Types of the protocol.
const I32: u8 = 5;
const I64: u8 = 6;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const STRUCT: u8 = 12;

impl Struct {
	fn field(&mut self, number: u8, kind: u8) -> &mut Self {
		self.bytes.push((number - self.last) << 4 | kind);
		self.last = number;
		self
	}

	/// A number with a sign, which is moved to the lowest bit.
	fn number(&mut self, value: i64) -> &mut Self {
		varint(&mut self.bytes, ((value << 1) ^ (value >> 63)) as u64);
		self
	}

	fn binary(&mut self, text: &str) -> &mut Self {
		varint(&mut self.bytes, text.len() as u64);
		self.bytes.extend(text.as_bytes());
		self
	}

	fn list(&mut self, number: u8, length: usize, kind: u8) -> &mut Self {
		self.field(number, LIST);
		match length {
			0..15 => self.bytes.push((length as u8) << 4 | kind),
			_ => {
				self.bytes.push(0xf0 | kind);
				varint(&mut self.bytes, length as u64);
			}
		}
		self
	}

	fn int(&mut self, number: u8, value: i64) -> &mut Self {
		self.field(number, I32).number(value)
	}

	fn long(&mut self, number: u8, value: i64) -> &mut Self {
		self.field(number, I64).number(value)
	}

	fn text(&mut self, number: u8, text: &str) -> &mut Self {
		self.field(number, BINARY).binary(text)
	}

	fn ints(&mut self, number: u8, values: &[i64]) -> &mut Self {
		self.list(number, values.len(), I32);
		for value in values {
			self.number(*value);
		}
		self
	}

	fn texts(&mut self, number: u8, texts: &[&str]) -> &mut Self {
		self.list(number, texts.len(), BINARY);
		for text in texts {
			self.binary(text);
		}
		self
	}

	fn nested(&mut self, number: u8, mut inner: Self) -> &mut Self {
		self.field(number, STRUCT);
		self.bytes.extend(inner.end());
		self
	}

	fn structs(&mut self, number: u8, inner: Vec<Self>) -> &mut Self {
		self.list(number, inner.len(), STRUCT);
		for mut inner in inner {
			self.bytes.extend(inner.end());
		}
		self
	}

	/// The bytes of the structure, with its end.
	fn end(&mut self) -> Vec<u8> {
		self.bytes.push(0);
		std::mem::take(&mut self.bytes)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_are_in_groups_of_seven_bits() {
		let bytes = |number| {
			let mut bytes = Vec::new();
			varint(&mut bytes, number);
			bytes
		};
		assert_eq!((bytes(0), bytes(127), bytes(300)), (vec![0], vec![127], vec![0xac, 2]));
	}

	#[test]
	fn missing_numbers_are_bits_that_are_0() {
		let numbers = (0..9).map(|row| (row != 1).then_some(f64::from(row))).collect();
		let page = Values::Number(numbers).page();
		// Three bytes of levels: two groups of bits, 11111101 and 1; then eight numbers.
		assert_eq!(page[..7], [3, 0, 0, 0, 2 << 1 | 1, 0b1111_1101, 1]);
		assert_eq!(page[7..].len(), 8 * 8);
		assert_eq!(page[15..23], 2.0f64.to_le_bytes());
	}

	#[test]
	fn file_begins_and_ends_as_the_format_says() {
		let file = write(&[
			("epoch".into(), Values::Whole(vec![7, 8])),
			("state".into(), Values::Text(vec!["a".into(), "bc".into()])),
		]);
		assert_eq!((&file[..4], &file[file.len() - 4..]), (MAGIC, MAGIC));
		let length = file[file.len() - 8..file.len() - 4].try_into().unwrap();
		let footer = &file[file.len() - 8 - u32::from_le_bytes(length) as usize..];
		// Version 1, then a list of three parts of the schema.
		assert_eq!(footer[..4], [0x15, 2, 0x19, 3 << 4 | STRUCT]);
		assert!(file.windows(11).any(|part| part == b"\x01\0\0\0a\x02\0\0\0bc"));
	}
}
