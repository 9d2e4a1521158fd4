//! Memory is in proportion to what is read of a file, and that to the file.

use graph_runtime_wfformat::Workflow;

/// Bytes at the peak of parsing.
fn peak(json: &str) -> u64 {
    allocation_counter::measure(|| drop(Workflow::parse(json))).bytes_max
}

/// The same, for each byte of the text.
fn factor(json: &str) -> f64 {
    peak(json) as f64 / json.len() as f64
}

/// Tasks whose `more` are other fields than those that are read.
fn tasks(count: usize, more: &str) -> String {
    let parent = |i: usize| i.checked_sub(1).map_or(String::new(), |i| format!("\"task_{i:08}\""));
    let task = |i: usize| {
        let parent = parent(i);
        format!(r#"{{"name": "task_{i:08}", "runtime": 1.5, "parents": [{parent}]{more}}}"#)
    };
    let tasks: Vec<String> = (0..count).map(task).collect();
    format!(r#"{{"workflow": {{"tasks": [{}]}}}}"#, tasks.join(","))
}

#[test]
fn what_is_not_read_takes_no_memory() {
    let files: Vec<String> = (0..100).map(|i| format!(r#"{{"n": {i}}}"#)).collect();
    let files = format!(r#", "files": [{}], "x": {{"runtime": [[[]]]}}"#, files.join(","));
    let (with, without) = (peak(&tasks(200, &files)), peak(&tasks(200, "")));
    assert!(with <= without + 1_000, "{with} bytes with files, {without} without");
}

#[test]
fn tasks_take_a_few_times_their_text() {
    let [few, many] = [1_000, 20_000].map(|count| factor(&tasks(count, "")));
    assert!(few < 30.0 && many < 30.0, "{few:.2} and {many:.2} bytes for each byte");
}

#[test]
fn values_in_the_wrong_places_take_no_more_than_their_number_allows() {
    for item in ["1", "{}", "[]", r#"{"id":1}"#] {
        let list = vec![item; 100_000].join(",");
        let used = factor(&format!(r#"{{"workflow": {{"tasks": [{list}]}}}}"#));
        assert!(used < 50.0, "{used:.2} bytes for each byte of {item}");
    }
}
