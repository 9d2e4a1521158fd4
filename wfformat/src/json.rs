//! A JSON object that knows where in the document it is.

use serde_json::{Map, Value};

use crate::error::Problem;

/// An object and its place. The place of a field is put together only when an error needs it.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    fields: &'a Map<String, Value>,
    place: String,
}

/// A list and its place.
#[derive(Debug)]
pub(crate) struct List<'a> {
    items: &'a [Value],
    place: String,
}

impl<'a> Object<'a> {
    /// `value` at `place` as an object.
    pub(crate) fn new(value: &'a Value, place: String) -> Result<Self, Problem> {
        match value {
            Value::Object(fields) => Ok(Self { fields, place }),
            other => Err(wrong_type(place, "an object", other)),
        }
    }

    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// The place of the field `key`.
    pub(crate) fn place_of(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }

    /// The field, if it is there. `null` counts as not there: some writers emit it for unknown.
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn object(&self, key: &str) -> Result<Option<Object<'a>>, Problem> {
        self.get(key).map(|value| Object::new(value, self.place_of(key))).transpose()
    }

    pub(crate) fn list(&self, key: &str) -> Result<Option<List<'a>>, Problem> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(List { items, place: self.place_of(key) })),
            Some(other) => Err(wrong_type(self.place_of(key), "a list", other)),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, Problem> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_type(self.place_of(key), "a string", other)),
        }
    }

    /// A number, which JSON guarantees to be finite.
    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, Problem> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.as_f64();
        number.map(Some).ok_or_else(|| wrong_type(self.place_of(key), "a number", value))
    }

    /// A number that is not negative.
    pub(crate) fn amount(&self, key: &str) -> Result<Option<f64>, Problem> {
        match self.number(key)? {
            Some(value) if value < 0.0 => {
                Err(Problem::Negative { place: self.place_of(key), value })
            }
            amount => Ok(amount),
        }
    }

    /// A count of units, of `scale` each; fractions are cut off, beyond `u64::MAX` it saturates.
    pub(crate) fn count(&self, key: &str, scale: u64) -> Result<Option<u64>, Problem> {
        // Integers above 2^53 would lose digits on their way through f64.
        let exact = self.get(key).and_then(Value::as_u64);
        let count = exact.or(self.amount(key)?.map(|amount| amount as u64));
        Ok(count.map(|count| count.saturating_mul(scale)))
    }
}

impl<'a> List<'a> {
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The items, which must be objects.
    pub(crate) fn objects(&self) -> impl Iterator<Item = Result<Object<'a>, Problem>> {
        let place = |i| format!("{}[{i}]", self.place);
        self.items.iter().enumerate().map(move |(i, item)| Object::new(item, place(i)))
    }

    /// The items, which must be strings.
    pub(crate) fn texts(&self) -> Result<Vec<&'a str>, Problem> {
        let text = |(i, item): (usize, &'a Value)| {
            let place = || format!("{}[{i}]", self.place);
            item.as_str().ok_or_else(|| wrong_type(place(), "a string", item))
        };
        self.items.iter().enumerate().map(text).collect()
    }
}

fn wrong_type(place: String, expected: &'static str, value: &Value) -> Problem {
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let place = if place.is_empty() { "top level".to_owned() } else { place };
    Problem::WrongType { place, expected, found }
}
