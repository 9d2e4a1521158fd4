//! Prometheus's text format, taken apart by its own rules and those of its conventions on names.

use std::collections::{BTreeMap, BTreeSet};

/// Labels and their values.
pub(crate) type Labels = BTreeMap<String, String>;

/// A text in Prometheus's format, taken apart.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    pub(crate) types: BTreeMap<String, String>,
    pub(crate) helped: BTreeSet<String>,
    pub(crate) figures: BTreeMap<(String, Labels), f64>,
    /// The buckets of each histogram as they are written, by their labels without `le`.
    buckets: BTreeMap<(String, Labels), Vec<(f64, f64)>>,
    /// Of the last line.
    family: String,
}

impl Parsed {
    /// Panics if the text breaks a rule of the format.
    pub(crate) fn of(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has to end as well");
        let mut parsed = Self::default();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, _) = rest.split_once(' ').expect("a name and a text");
                assert!(parsed.helped.insert(name.to_owned()), "one HELP a name");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').expect("a name and a type");
                parsed.begin(name, kind);
            } else {
                parsed.figure(line);
            }
        }
        parsed.check_histograms();
        parsed
    }

    fn begin(&mut self, name: &str, kind: &str) {
        assert!(["counter", "gauge", "histogram"].contains(&kind), "{kind}");
        assert_eq!(name.ends_with("_total"), kind == "counter", "{name}, by the conventions");
        assert!(kind != "histogram" || name.ends_with("_seconds"), "{name} has a unit");
        let before = self.types.insert(name.to_owned(), kind.to_owned());
        assert_eq!(before, None, "one TYPE a name, and all its lines together");
        name.clone_into(&mut self.family);
    }

    fn figure(&mut self, line: &str) {
        let end = line.find(['{', ' ']).expect("a name before something else");
        let (name, rest) = line.split_at(end);
        let (mut labels, rest) = labels(rest);
        let value: f64 = rest.strip_prefix(' ').expect("one blank").parse().expect("a number");
        assert!(value.is_finite(), "{line}");
        let part = name.strip_prefix(&*self.family).expect("after the TYPE of its family");
        let is_histogram = self.types[&self.family] == "histogram";
        assert!(
            if is_histogram {
                ["_bucket", "_sum", "_count"].contains(&part)
            } else {
                part.is_empty()
            },
            "{name} is no part of a family of its type",
        );
        assert!(is_name(name), "{name}");
        assert!(!labels.contains_key("quantile"), "there are no summaries");
        assert_eq!(labels.contains_key("le"), part == "_bucket", "buckets only have bounds");
        let before = self.figures.insert((name.to_owned(), labels.clone()), value);
        assert_eq!(before, None, "{line} twice");
        if let Some(bound) = labels.remove("le") {
            let bound =
                if bound == "+Inf" { f64::INFINITY } else { bound.parse().expect("a number") };
            self.buckets.entry((self.family.clone(), labels)).or_default().push((bound, value));
        }
    }

    /// Bounds ascend, counts do not fall, and the last bucket is that of everything.
    fn check_histograms(&self) {
        for ((name, labels), buckets) in &self.buckets {
            assert!(buckets.is_sorted_by(|left, right| left.0 < right.0 && left.1 <= right.1));
            let part = |part| self.figures[&(format!("{name}_{part}"), labels.clone())];
            assert_eq!(buckets.last(), Some(&(f64::INFINITY, part("count"))), "{name}");
            assert!(part("sum") >= 0.0, "of times");
        }
        let is_bucketed = |name: &String| self.buckets.keys().any(|(it, _)| it == name);
        let mut histograms = self.types.iter().filter(|(_, kind)| *kind == "histogram");
        assert!(histograms.all(|(name, _)| is_bucketed(name)), "each has buckets");
    }

    /// What a line has that is called so, after the prefix of all.
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels = labels.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        self.figures.get(&(format!("graph_runtime_{name}"), labels.collect())).copied()
    }
}

fn is_name(text: &str) -> bool {
    let is_of_one = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(is_of_one)
}

/// The labels that a line has after its name, and what follows them.
fn labels(text: &str) -> (Labels, &str) {
    let mut labels = Labels::new();
    let Some(mut rest) = text.strip_prefix('{') else { return (labels, text) };
    loop {
        let (label, after) = rest.split_once("=\"").expect("a label");
        let (value, after) = quoted(after);
        assert!(is_name(label), "{label}");
        assert!(labels.insert(label.to_owned(), value).is_none(), "{label} twice");
        match after.strip_prefix(',') {
            Some(more) => rest = more,
            None => return (labels, after.strip_prefix('}').expect("an end")),
        }
    }
}

/// What is between here and the closing quote, and what follows that.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &text[at + 1..]),
            '\\' => match characters.next().expect("something escaped").1 {
                'n' => value.push('\n'),
                escaped @ ('\\' | '"') => value.push(escaped),
                other => panic!("\\{other} is no escape"),
            },
            other => value.push(other),
        }
    }
    panic!("no closing quote")
}
