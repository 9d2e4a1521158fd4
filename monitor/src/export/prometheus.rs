//! Prometheus's text format.

use super::families::{Family, Series, Value};
use crate::HistogramSnapshot;
use std::fmt::{self, Write};

/// The text of `families`, with `labels` on each figure.
pub(super) fn written(labels: &[(String, String)], families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        write_family(&mut text, labels, family).expect("a String takes everything");
        if let Some(percentiles) = family.percentiles() {
            write_family(&mut text, labels, &percentiles).expect("a String takes everything");
        }
    }
    text
}

fn write_family(text: &mut String, labels: &[(String, String)], family: &Family) -> fmt::Result {
    let (name, kind) = (format!("graph_runtime_{}", family.name), family.kind.name());
    // The help texts are this crate's own and hold nothing to be escaped.
    writeln!(text, "# HELP {name} {}", family.help)?;
    writeln!(text, "# TYPE {name} {kind}")?;
    for Series { labels: own, value } in &family.series {
        let given = labels.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        let all: Vec<_> = given.chain(own).collect();
        match value {
            Value::Count(count) => write_line(text, &name, &all, count)?,
            Value::Measure(measure) => write_line(text, &name, &all, measure)?,
            Value::Distribution(times) => write_histogram(text, &name, &all, times)?,
        }
    }
    Ok(())
}

fn write_histogram(
    text: &mut String,
    name: &str,
    labels: &[(&str, &str)],
    times: &HistogramSnapshot,
) -> fmt::Result {
    let bucket = format!("{name}_bucket");
    for (bound, count) in times.buckets() {
        let bound = bound.as_secs_f64().to_string();
        write_line(text, &bucket, &[labels, &[("le", &bound)]].concat(), count)?;
    }
    write_line(text, &bucket, &[labels, &[("le", "+Inf")]].concat(), times.count)?;
    write_line(text, &format!("{name}_sum"), labels, times.sum.as_secs_f64())?;
    write_line(text, &format!("{name}_count"), labels, times.count)
}

fn write_line(
    text: &mut String,
    name: &str,
    labels: &[(&str, &str)],
    value: impl fmt::Display,
) -> fmt::Result {
    text.write_str(name)?;
    for (index, (label, value)) in labels.iter().enumerate() {
        let before = if index == 0 { '{' } else { ',' };
        write!(text, "{before}{label}=\"{}\"", Escaped(value))?;
    }
    let after = if labels.is_empty() { "" } else { "}" };
    writeln!(text, "{after} {value}")
}

/// The value of a label between its quotes.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '\\' => f.write_str("\\\\")?,
                '"' => f.write_str("\\\"")?,
                '\n' => f.write_str("\\n")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}
