//! How values of the chain are written as JSON.
//!
//! Numbers and amounts are strings of decimals, since a number of JSON has 53 bits; accounts are
//! addresses; texts are cut, and have no control characters, since they are strangers' words.

use super::{address, decimal, digits, types::AccountId};
use schemars::{json_schema, JsonSchema, Schema, SchemaGenerator};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use std::{borrow::Cow, marker::PhantomData};
use subxt::{
	ext::scale_decode::{
		visitor::{decode_with_visitor, types::Variant, DecodeAsTypeResult, TypeIdFor},
		Error, IntoVisitor, TypeResolver, Visitor,
	},
	utils::AccountId32,
};

/// The maximum number of characters of a text.
pub const MAX_TEXT: usize = 256;
/// The decimals of a `Perbill`.
const FRACTION_DECIMALS: usize = 9;

/// A number of the chain, in units of 1e-18.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fixed(pub i128);

/// An amount in planck.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planck(pub u128);

/// A fraction of 1, in units of 1e-9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fraction(pub u32);

/// An account, written as its address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Address(pub AccountId);

/// A text that somebody has put on the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

/// The name of a variant of an enum of the chain, in snake case, without its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name(pub String);

/// Decodes a type as another one, of which it is made.
macro_rules! decoded_as {
	($own:ident, $source:ty, $made:expr) => {
		impl<R: TypeResolver> Visitor for Own<$own, R> {
			type Value<'scale, 'resolver> = $own;
			type Error = Error;
			type TypeResolver = R;

			fn unchecked_decode_as_type(
				self,
				input: &mut &[u8],
				type_id: TypeIdFor<Self>,
				types: &R,
			) -> DecodeAsTypeResult<Self, Result<$own, Error>> {
				let source = <$source>::into_visitor::<R>();
				let decoded = decode_with_visitor(input, type_id, types, source);
				DecodeAsTypeResult::Decoded(decoded.map($made))
			}
		}

		impl IntoVisitor for $own {
			type AnyVisitor<R: TypeResolver> = Own<$own, R>;

			fn into_visitor<R: TypeResolver>() -> Own<$own, R> {
				Own(PhantomData)
			}
		}
	};
}

/// The visitor of one of the types here.
pub struct Own<T, R>(PhantomData<(T, R)>);

decoded_as!(Fixed, i128, Fixed);
decoded_as!(Planck, u128, Planck);
decoded_as!(Fraction, u32, Fraction);
decoded_as!(Address, AccountId, Address);
decoded_as!(Text, Vec<u8>, |bytes: Vec<u8>| Text::new(&bytes));

impl<R: TypeResolver> Visitor for Own<Name, R> {
	type Value<'scale, 'resolver> = Name;
	type Error = Error;
	type TypeResolver = R;

	fn visit_variant(
		self,
		value: &mut Variant<'_, '_, R>,
		_: TypeIdFor<Self>,
	) -> Result<Name, Error> {
		Ok(Name(snake_case(value.name())))
	}
}

impl IntoVisitor for Name {
	type AnyVisitor<R: TypeResolver> = Own<Name, R>;

	fn into_visitor<R: TypeResolver>() -> Own<Name, R> {
		Own(PhantomData)
	}
}

impl Text {
	/// The first characters of a text, with spaces in place of control characters and of those that
	/// change the direction of writing.
	pub fn new(bytes: &[u8]) -> Self {
		let shown = |character: char| {
			let turns = matches!(character, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
			if character.is_control() || turns {
				' '
			} else {
				character
			}
		};
		Self(String::from_utf8_lossy(bytes).chars().take(MAX_TEXT).map(shown).collect())
	}
}

/// A name in camel case, such as `CrossEntropy`, in snake case.
fn snake_case(name: &str) -> String {
	let mut snake = String::new();
	for character in name.chars() {
		if character.is_ascii_uppercase() && !snake.is_empty() {
			snake.push('_');
		}
		snake.push(character.to_ascii_lowercase());
	}
	snake
}

/// Writes a type as text, by which the type's values are also described.
macro_rules! written_as {
	($own:ident, $text:expr, $schema:tt) => {
		impl Serialize for $own {
			fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
				let text: fn(&$own) -> String = $text;
				to.serialize_str(&text(self))
			}
		}

		impl JsonSchema for $own {
			fn inline_schema() -> bool {
				true
			}

			fn schema_name() -> Cow<'static, str> {
				stringify!($own).into()
			}

			fn json_schema(_: &mut SchemaGenerator) -> Schema {
				json_schema!($schema)
			}
		}
	};
}

written_as!(Fixed, |fixed| decimal(fixed.0), {
	"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["-1.25"]
});
written_as!(Planck, |amount| amount.0.to_string(), {
	"type": "string", "pattern": r"^\d+$", "examples": ["10000000000"]
});
written_as!(Fraction, |part| digits(part.0.into(), FRACTION_DECIMALS), {
	"type": "string", "pattern": r"^\d+(\.\d+)?$", "examples": ["0.05"]
});
written_as!(Address, |account| address(&account.0), {
	"type": "string", "examples": ["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"]
});
written_as!(Text, |text| text.0.clone(), { "type": "string", "maxLength": 256 });
written_as!(Name, |name| name.0.clone(), { "type": "string" });

impl<'de> Deserialize<'de> for Address {
	fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
		let text = String::deserialize(from)?;
		let account: Result<AccountId32, _> = text.parse();
		account.map(|account| Self(account.0)).map_err(|error| {
			let shown = Text::new(text.as_bytes()).0;
			D::Error::custom(format!("{shown:?} is no address of an account ({error})"))
		})
	}
}

/// Writes a number of the chain.
pub fn fixed<S: Serializer>(value: &i128, to: S) -> Result<S::Ok, S::Error> {
	Fixed(*value).serialize(to)
}

/// Writes a number of the chain that may be missing.
pub fn maybe_fixed<S: Serializer>(value: &Option<i128>, to: S) -> Result<S::Ok, S::Error> {
	value.map(Fixed).serialize(to)
}

/// Writes numbers of the chain.
pub fn all_fixed<S: Serializer>(values: &[i128], to: S) -> Result<S::Ok, S::Error> {
	to.collect_seq(values.iter().copied().map(Fixed))
}

/// Writes a text.
pub fn text<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
	Text::new(bytes).serialize(to)
}

/// Writes a text that may be missing.
pub fn maybe_text<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
	bytes.as_deref().map(Text::new).serialize(to)
}

/// Writes texts.
pub fn texts<S: Serializer>(texts: &[Vec<u8>], to: S) -> Result<S::Ok, S::Error> {
	to.collect_seq(texts.iter().map(|bytes| Text::new(bytes)))
}

/// Writes an amount.
pub fn planck<S: Serializer>(value: &u128, to: S) -> Result<S::Ok, S::Error> {
	Planck(*value).serialize(to)
}

/// Writes an account.
pub fn account<S: Serializer>(value: &AccountId, to: S) -> Result<S::Ok, S::Error> {
	Address(*value).serialize(to)
}

/// Writes accounts with a number each.
pub fn by_account<S: Serializer>(values: &[(AccountId, i128)], to: S) -> Result<S::Ok, S::Error> {
	to.collect_seq(values.iter().map(|(who, value)| (Address(*who), Fixed(*value))))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_keep_all_digits() {
		let values = (Fixed(i128::MAX), Planck(u128::MAX), Fraction(50_000_000));
		let written = serde_json::to_value(values).unwrap();
		let (fixed, planck) = ("170141183460469231731.687303715884105727", u128::MAX.to_string());
		assert_eq!(written, serde_json::json!([fixed, planck, "0.05"]));
	}

	#[test]
	fn texts_of_strangers_are_cut_and_have_no_control_characters() {
		let long = "x".repeat(1000);
		assert_eq!(Text::new(long.as_bytes()).0.len(), MAX_TEXT);
		assert_eq!(Text::new("a\u{1b}[31m\nb\u{202e}c".as_bytes()).0, "a [31m b c");
		assert_eq!(Text::new(&[0xff, b'a']).0, "\u{fffd}a");
	}

	#[test]
	fn names_of_variants_are_in_snake_case() {
		assert_eq!(snake_case("CrossEntropy"), "cross_entropy");
		assert_eq!(snake_case("Void"), "void");
	}

	#[test]
	fn address_is_read_back_and_anything_else_is_refused() {
		let own = Address([7; 32]);
		let text = serde_json::to_string(&own).unwrap();
		assert_eq!(serde_json::from_str::<Address>(&text).unwrap(), own);
		let error = serde_json::from_str::<Address>("\"//Alice\"").unwrap_err().to_string();
		assert!(error.contains("is no address of an account"), "{error}");
	}
}
