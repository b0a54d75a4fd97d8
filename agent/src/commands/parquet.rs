//! Tables as Parquet files: flat columns in one row group, uncompressed.

use anyhow::{Context, Result};
use parquet::{
	basic::{LogicalType, Repetition, TimeUnit, Type as Physical},
	data_type::{ByteArrayType, DataType, DoubleType, Int64Type},
	errors::ParquetError,
	file::{
		properties::WriterProperties,
		writer::{SerializedColumnWriter, SerializedFileWriter},
	},
	schema::types::Type,
};
use std::sync::Arc;

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

impl Values {
	/// The column's part of the schema.
	fn column(&self, name: &str) -> Result<Type, ParquetError> {
		let (physical, logical, repetition) = match self {
			Self::Whole(_) => (Physical::INT64, None, Repetition::REQUIRED),
			Self::Time(_) => {
				let utc = LogicalType::timestamp(true, TimeUnit::MILLIS);
				(Physical::INT64, Some(utc), Repetition::REQUIRED)
			}
			Self::Text(_) => {
				(Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED)
			}
			Self::Number(_) => (Physical::DOUBLE, None, Repetition::OPTIONAL),
		};
		Type::primitive_type_builder(name, physical)
			.with_logical_type(logical)
			.with_repetition(repetition)
			.build()
	}

	/// Writes the values.
	fn write(&self, mut to: SerializedColumnWriter) -> Result<(), ParquetError> {
		match self {
			Self::Whole(values) | Self::Time(values) => batch::<Int64Type>(&mut to, values, None)?,
			Self::Text(values) => {
				let values: Vec<_> = values.iter().map(|text| text.as_str().into()).collect();
				batch::<ByteArrayType>(&mut to, &values, None)?;
			}
			Self::Number(values) => {
				let present: Vec<_> = values.iter().flatten().copied().collect();
				// A level of 1 stands for a value.
				let levels: Vec<_> = values.iter().map(|value| value.is_some().into()).collect();
				batch::<DoubleType>(&mut to, &present, Some(&levels))?;
			}
		}
		to.close()
	}
}

/// Writes values of one type, with the levels that tell which are missing.
fn batch<T: DataType>(
	to: &mut SerializedColumnWriter,
	values: &[T::T],
	levels: Option<&[i16]>,
) -> Result<(), ParquetError> {
	to.typed::<T>().write_batch(values, levels, None).map(drop)
}

/// A file with these columns, all of the same length.
pub fn write(columns: &[(String, Values)]) -> Result<Vec<u8>> {
	file(columns).context("cannot write the table as Parquet")
}

fn file(columns: &[(String, Values)]) -> Result<Vec<u8>, ParquetError> {
	let fields: Result<_, ParquetError> =
		columns.iter().map(|(name, values)| values.column(name).map(Arc::new)).collect();
	let schema = Type::group_type_builder("epochs").with_fields(fields?).build()?;
	let by = concat!("allora-agent ", env!("CARGO_PKG_VERSION"));
	let properties = WriterProperties::builder().set_created_by(by.into()).build();
	let mut file = Vec::new();
	let mut writer = SerializedFileWriter::new(&mut file, schema.into(), properties.into())?;
	let mut group = writer.next_row_group()?;
	for (_, values) in columns {
		if let Some(column) = group.next_column()? {
			values.write(column)?;
		}
	}
	group.close()?;
	writer.close()?;
	Ok(file)
}

#[cfg(test)]
mod tests {
	use super::*;
	use hyper::body::Bytes;
	use parquet::{
		file::reader::{FileReader, SerializedFileReader},
		record::Field,
	};

	#[test]
	fn file_has_the_values_and_says_which_are_missing() {
		let columns = [
			("epoch".into(), Values::Whole(vec![7, 8])),
			("opened_at".into(), Values::Time(vec![1_000, 2_000])),
			("state".into(), Values::Text(vec!["open".into(), "a \u{2192} b".into()])),
			("truth".into(), Values::Number(vec![None, Some(-0.5)])),
		];
		let file = write(&columns).unwrap();
		let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
		let rows: Vec<Vec<_>> = reader
			.get_row_iter(None)
			.unwrap()
			.map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect())
			.collect();
		let row = |epoch, ms, state: &str, truth| {
			let (epoch, at) = (Field::Long(epoch), Field::TimestampMillis(ms));
			vec![epoch, at, Field::Str(state.into()), truth]
		};
		assert_eq!(rows[0], row(7, 1_000, "open", Field::Null));
		assert_eq!(rows[1], row(8, 2_000, "a \u{2192} b", Field::Double(-0.5)));
		assert_eq!(rows.len(), 2);
	}

	#[test]
	fn table_without_rows_is_a_file() {
		let file = write(&[("truth".into(), Values::Number(vec![]))]).unwrap();
		let reader = SerializedFileReader::new(Bytes::from(file)).unwrap();
		assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
	}
}
