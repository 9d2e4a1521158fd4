//! A JSON object that knows where in the document it is.

use crate::error::Problem;
use crate::node::{Fields, Node};

/// An object and its place. The place of a field is put together only when an error needs it.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    fields: &'a Fields<'a>,
    place: String,
}

/// A list and its place.
#[derive(Debug)]
pub(crate) struct List<'a> {
    items: &'a [Node<'a>],
    place: String,
}

impl<'a> Object<'a> {
    /// `value` at `place` as an object.
    pub(crate) fn new(value: &'a Node<'a>, place: String) -> Result<Self, Problem> {
        match value {
            Node::Object(fields) => Ok(Self { fields, place }),
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
    fn get(&self, key: &str) -> Option<&'a Node<'a>> {
        self.fields.get(key).filter(|value| !matches!(value, Node::Null))
    }

    pub(crate) fn object(&self, key: &str) -> Result<Option<Object<'a>>, Problem> {
        self.get(key).map(|value| Object::new(value, self.place_of(key))).transpose()
    }

    pub(crate) fn list(&self, key: &str) -> Result<Option<List<'a>>, Problem> {
        match self.get(key) {
            None => Ok(None),
            Some(Node::List(items)) => Ok(Some(List { items, place: self.place_of(key) })),
            Some(other) => Err(wrong_type(self.place_of(key), "a list", other)),
        }
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, Problem> {
        match self.get(key) {
            None => Ok(None),
            Some(Node::Text(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_type(self.place_of(key), "a string", other)),
        }
    }

    /// A number, which JSON guarantees to be finite.
    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, Problem> {
        match self.get(key) {
            None => Ok(None),
            Some(&Node::Integer(number)) => Ok(Some(number as f64)),
            Some(&Node::Number(number)) => Ok(Some(number)),
            Some(other) => Err(wrong_type(self.place_of(key), "a number", other)),
        }
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
        let count = match self.get(key) {
            Some(&Node::Integer(count)) => Some(count),
            _ => self.amount(key)?.map(|amount| amount as u64),
        };
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
        let text = |(i, item): (usize, &'a Node<'a>)| match item {
            Node::Text(text) => Ok(text.as_ref()),
            other => Err(wrong_type(format!("{}[{i}]", self.place), "a string", other)),
        };
        self.items.iter().enumerate().map(text).collect()
    }
}

fn wrong_type(place: String, expected: &'static str, value: &Node<'_>) -> Problem {
    let found = match value {
        Node::Null => "null",
        Node::Boolean => "a boolean",
        Node::Integer(_) | Node::Number(_) => "a number",
        Node::Text(_) => "a string",
        Node::List(_) => "a list",
        Node::Object(_) => "an object",
    };
    let place = if place.is_empty() { "top level".to_owned() } else { place };
    Problem::WrongType { place, expected, found }
}
