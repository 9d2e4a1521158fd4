//! The recorder sees what tasks do, and numbers the slots they do it on.

use crate::recorder::Recorder;
use std::time::Instant;

#[test]
fn a_task_gets_the_smallest_free_slot() {
    let recorder = Recorder::new(5, false);
    let [first, second, third] = [0, 1, 2].map(|task| recorder.start(task, None));
    second.complete();
    first.complete();
    let fourth = recorder.start(3, None);
    let fifth = recorder.start(4, None);
    drop((third, fourth, fifth));
    let recording = recorder.take();
    let slots: Vec<_> = recording.spans.iter().map(|runs| runs[0].slot).collect();
    assert_eq!(slots, [0, 1, 2, 0, 1]);
}

#[test]
fn a_task_that_is_dropped_ends_but_does_not_complete() {
    let recorder = Recorder::new(2, false);
    recorder.start(0, None).complete();
    drop(recorder.start(1, None));
    let spans = recorder.take().spans;
    assert!(spans[0][0].completed && !spans[1][0].completed);
    assert!(spans.iter().all(|runs| runs[0].end.is_some()));
}

#[test]
fn a_task_that_still_runs_has_no_end() {
    let recorder = Recorder::new(1, false);
    let running = recorder.start(0, None);
    assert_eq!(recorder.take().spans[0][0].end, None);
    drop(running);
}

#[test]
fn polls_are_kept_on_request_and_joined_if_they_follow_each_other() {
    let recorder = Recorder::new(2, true);
    assert!(recorder.keeps_polls());
    let _running = [recorder.start(0, Some(3)), recorder.start(1, Some(3))];
    let begin = Instant::now();
    for task in [0, 0, 1, 0] {
        recorder.polled(task, begin);
    }
    let recording = recorder.take();
    let seen: Vec<_> = recording.polls.iter().map(|poll| (poll.task, poll.worker)).collect();
    assert_eq!(seen, [(0, 3), (1, 3), (0, 3)]);
    assert!(recording.polls.iter().all(|poll| poll.begin == begin && poll.end >= begin));
    assert_eq!(recording.polls_lost, 0);
}

#[test]
fn polls_are_not_kept_unasked() {
    let recorder = Recorder::new(1, false);
    let running = recorder.start(0, Some(0));
    recorder.polled(0, Instant::now());
    drop(running);
    assert!(recorder.take().polls.is_empty());
}
