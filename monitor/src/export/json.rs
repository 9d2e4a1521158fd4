//! JSON.

use super::families::{Family, Series, Value};
use crate::{LimitDecision, LimitSnapshot};
use serde_json::{Map, json};
use std::time::Duration;

/// The text of `families`, with `labels`, and of what was decided about a limit.
pub(super) fn written(
    labels: &[(String, String)],
    families: &[Family],
    limit: Option<&LimitSnapshot>,
) -> String {
    let labels = labels.iter().map(|(name, value)| (name.clone(), json!(value)));
    let labels: Map<String, serde_json::Value> = labels.collect();
    let metrics: Vec<_> = families.iter().map(family).collect();
    let mut all = json!({ "labels": labels, "metrics": metrics });
    if let Some(LimitSnapshot { controller, decisions, .. }) = limit {
        let decisions: Vec<_> = decisions.iter().map(decision).collect();
        all["limit"] = json!({ "controller": controller, "decisions": decisions });
    }
    all.to_string()
}

fn decision(decision: &LimitDecision) -> serde_json::Value {
    json!({
        "seconds_ago": decision.age.as_secs_f64(),
        "limit": decision.limit,
        "reason": decision.reason,
        "explanation": decision.explanation,
    })
}

fn family(family: &Family) -> serde_json::Value {
    let series: Vec<_> = family.series.iter().map(series).collect();
    let name = format!("graph_runtime_{}", family.name);
    json!({ "name": name, "type": family.kind.name(), "help": family.help, "series": series })
}

fn series(Series { labels, value }: &Series) -> serde_json::Value {
    let labels = labels.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
    let labels: Map<String, serde_json::Value> = labels.collect();
    match value {
        Value::Count(count) => json!({ "labels": labels, "value": count }),
        Value::Measure(measure) => json!({ "labels": labels, "value": measure }),
        Value::Distribution(times) => json!({
            "labels": labels,
            "count": times.count,
            "sum": times.sum.as_secs_f64(),
            "max": times.max.as_secs_f64(),
            "quantiles": {
                "0.5": times.p50.as_secs_f64(),
                "0.9": times.p90.as_secs_f64(),
                "0.99": times.p99.as_secs_f64(),
            },
            "buckets": times.buckets().map(bucket).collect::<Vec<_>>(),
        }),
    }
}

fn bucket((bound, count): (Duration, u64)) -> serde_json::Value {
    json!({ "le": bound.as_secs_f64(), "count": count })
}
