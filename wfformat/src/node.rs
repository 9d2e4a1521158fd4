//! A JSON value, cut down to what is read of it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The fields that are read, at any place in a document. All others are passed over: traces name
/// every file and argument of every task, and a tree of all that takes many times the memory of the
/// text.
const FIELDS: [&str; 24] = [
    "avgCPU",
    "category",
    "children",
    "command",
    "coreCount",
    "cores",
    "description",
    "execution",
    "id",
    "jobs",
    "memory",
    "memoryInBytes",
    "name",
    "parents",
    "program",
    "readBytes",
    "runtime",
    "runtimeInSeconds",
    "runtimeSystem",
    "specification",
    "tasks",
    "wms",
    "workflow",
    "writtenBytes",
];

/// A value and what is read of that which is inside it. Strings without escapes stay where they
/// are in the text.
#[derive(Debug)]
pub(crate) enum Node<'t> {
    Null,
    Boolean,
    /// An integer, which need not fit an `f64`.
    Integer(u64),
    /// Any other number. It is finite.
    Number(f64),
    Text(Cow<'t, str>),
    List(Vec<Node<'t>>),
    Object(Fields<'t>),
}

/// The fields of an object, of which each is there once.
#[derive(Debug, Default)]
pub(crate) struct Fields<'t>(Vec<(&'static str, Node<'t>)>);

impl<'t> Fields<'t> {
    /// The value of a field. The name must be one of those that are read.
    pub(crate) fn get(&self, name: &str) -> Option<&Node<'t>> {
        debug_assert!(FIELDS.contains(&name), "{name} is passed over");
        self.0.iter().find(|(of, _)| *of == name).map(|(_, value)| value)
    }

    /// Of two fields of one name the second counts.
    fn put(&mut self, name: &'static str, value: Node<'t>) {
        match self.0.iter_mut().find(|(of, _)| *of == name) {
            Some((_, before)) => *before = value,
            None => self.0.push((name, value)),
        }
    }
}

impl<'de> Deserialize<'de> for Node<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Node<'de>, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Node<'de>, E> {
        Ok(Node::Boolean)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Node<'de>, E> {
        Ok(Node::Integer(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Node<'de>, E> {
        Ok(Node::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Node<'de>, E> {
        Ok(Node::Number(value))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node<'de>, E> {
        Ok(Node::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        list.shrink_to_fit();
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node<'de>, A::Error> {
        let mut fields = Fields::default();
        while let Some(Name(name)) = members.next_key()? {
            match name {
                Some(name) => fields.put(name, members.next_value()?),
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        fields.0.shrink_to_fit();
        Ok(Node::Object(fields))
    }
}

/// The name of a field, if it is one that is read.
struct Name(Option<&'static str>);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor)
    }
}

struct NameVisitor;

impl Visitor<'_> for NameVisitor {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
        Ok(Name(FIELDS.into_iter().find(|name| *name == text)))
    }
}
