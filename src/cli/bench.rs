//! `bench`: how fast this machine does the lab's work, beside the fastest it could.

mod workloads;

use super::message::{CliError, Word};
use super::progress::Progress;
use super::report::align;
use super::signal::Stop;
use super::{Desk, nearest};
use crate::lab::bench::{Machine, Resource, Timing, time};
use crate::text::Lang;
use serde_json::{Map, Value as Json, json};
use std::time::Duration;
use workloads::{BENCHMARKS, Benchmark};

/// How long each is measured.
const BUDGET: Duration = Duration::from_millis(300);

/// What came of one of them on so many threads.
struct Row {
    benchmark: &'static Benchmark,
    threads: usize,
    timing: Timing,
    /// Seconds at best.
    limit: Option<f64>,
}

impl Row {
    fn per_second(&self, seconds: f64) -> f64 {
        self.benchmark.units / seconds
    }

    /// 1e9 floating-point operations a second, where any are counted.
    fn gigaflops(&self) -> Option<f64> {
        let work = self.benchmark.work.iter();
        let flop: f64 = work.filter(|(r, _)| r.is_flop()).map(|(_, amount)| amount).sum();
        (flop > 0.0).then(|| flop / self.timing.median / 1e9)
    }

    fn share(&self) -> Option<f64> {
        self.limit.map(|limit| limit / self.timing.median)
    }
}

pub(super) fn bench(
    desk: &mut Desk<'_>,
    names: &[String],
    threads: Option<usize>,
    as_json: bool,
) -> Result<(), CliError> {
    let chosen = choose(names)?;
    Stop::at_once();
    let lang = desk.lang;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = threads.unwrap_or(cores.min(2)).max(1);
    let mut progress = Progress::new(desk);
    let said = |name: &str| format!("{} {name} ...", Word::Measuring.of(lang));
    progress.now(desk.talk, &said(Word::Processor.of(lang)));
    let one = Machine::measured(1);
    let several = if threads > 1 { Some(Machine::measured(threads)) } else { None };
    let mut rows = Vec::new();
    for benchmark in chosen {
        let machines = [Some((1, &one)), several.as_ref().map(|m| (threads, m))];
        for (threads, machine) in machines.into_iter().flatten() {
            if threads > 1 && !benchmark.threaded {
                continue;
            }
            progress.now(desk.talk, &said(benchmark.name(lang)));
            let mut work = (benchmark.build)(threads);
            let timing = time(&mut *work, BUDGET);
            rows.push(Row { benchmark, threads, timing, limit: machine.limit(benchmark.work) });
        }
    }
    progress.wipe(desk.talk);
    let text = if as_json {
        format!("{}\n", object(&one, several.as_ref().map(|m| (threads, m)), &rows))
    } else {
        table(&one, &rows, lang)
    };
    desk.out.write_all(text.as_bytes()).map_err(|why| CliError::Output { path: None, why })
}

/// Those of these names, in the order of the table; all of them without any.
fn choose(names: &[String]) -> Result<Vec<&'static Benchmark>, CliError> {
    for name in names {
        if !BENCHMARKS.iter().any(|b| b.id == name) {
            let known: Vec<_> = BENCHMARKS.iter().map(|b| b.id).collect();
            let nearest = nearest::nearest(name, known.iter().copied());
            return Err(CliError::UnknownBenchmark { given: name.clone(), nearest, known });
        }
    }
    let is_chosen = |b: &&Benchmark| names.is_empty() || names.iter().any(|name| name == b.id);
    Ok(BENCHMARKS.iter().filter(is_chosen).collect())
}

fn table(machine: &Machine, rows: &[Row], lang: Lang) -> String {
    let word = |w: Word| w.of(lang).to_owned();
    let mut text = format!("{}\n", Word::OneCore.of(lang));
    let rates: Vec<Vec<String>> = machine
        .rates()
        .iter()
        .map(|(resource, rate)| vec![word(resource_word(*resource)), per_second(*rate)])
        .collect();
    align(&mut text, &rates, &[false, true]);
    text.push('\n');
    let mut cells = vec![vec![
        word(Word::Workload),
        word(Word::Threads),
        word(Word::Speed),
        word(Word::Spread),
        "GFLOP/s".to_owned(),
        word(Word::OfTheLimit),
    ]];
    cells.extend(rows.iter().map(|row| {
        let spread = (row.timing.high - row.timing.low) / row.timing.median;
        vec![
            row.benchmark.name(lang).to_owned(),
            row.threads.to_string(),
            per_second(row.per_second(row.timing.median)),
            format!("{:.1} %", 100.0 * spread),
            row.gigaflops().map_or_else(String::new, |g| format!("{g:.1}")),
            row.share().map_or_else(String::new, |share| format!("{:.0} %", 100.0 * share)),
        ]
    }));
    align(&mut text, &cells, &[false, true, true, true, true, true]);
    text.push_str(&format!("\n{}\n", Word::BenchNote.of(lang)));
    text
}

fn resource_word(resource: Resource) -> Word {
    match resource {
        Resource::Flop => Word::FlopSingle,
        Resource::FlopDouble => Word::FlopDouble,
        Resource::Exp => Word::ExpSingle,
        Resource::Silu => Word::SiluSingle,
        Resource::SiluDouble => Word::SiluDouble,
        Resource::Random => Word::RandomWords,
    }
}

/// Three digits and a prefix.
fn per_second(rate: f64) -> String {
    let (value, prefix) = match rate {
        r if r >= 1e9 => (r / 1e9, "G"),
        r if r >= 1e6 => (r / 1e6, "M"),
        r if r >= 1e3 => (r / 1e3, "k"),
        r => (r, ""),
    };
    let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
    format!("{value:.places$} {prefix}/s")
}

fn object(one: &Machine, several: Option<(usize, &Machine)>, rows: &[Row]) -> Json {
    let rates = |threads: usize, machine: &Machine| {
        let mut object = Map::new();
        object.insert("threads".to_owned(), json!(threads));
        for (resource, rate) in machine.rates() {
            object.insert(resource.id().to_owned(), json!(rate));
        }
        Json::Object(object)
    };
    let machines: Vec<Json> = [Some((1, one)), several]
        .into_iter()
        .flatten()
        .map(|(threads, machine)| rates(threads, machine))
        .collect();
    let rows: Vec<Json> = rows
        .iter()
        .map(|row| {
            let work: Map<String, Json> =
                row.benchmark.work.iter().map(|(r, n)| (r.id().to_owned(), json!(n))).collect();
            json!({
                "id": row.benchmark.id,
                "threads": row.threads,
                "units": row.benchmark.units,
                "work": work,
                "seconds": {
                    "median": row.timing.median,
                    "low": row.timing.low,
                    "high": row.timing.high,
                },
                "per_second": row.per_second(row.timing.median),
                "gflops": row.gigaflops(),
                "limit_seconds": row.limit,
                "share_of_limit": row.share(),
                "calls": row.timing.calls,
                "first": row.timing.first,
                "last": row.timing.last,
            })
        })
        .collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "architecture": std::env::consts::ARCH,
        "instructions": super::doctor::features(),
        "machine": machines,
        "benchmarks": rows,
    })
}

#[cfg(test)]
mod tests {
    use super::{BENCHMARKS, choose, per_second};
    use crate::cli::tests::say;
    use crate::text::Lang;
    use serde_json::Value as Json;

    #[test]
    fn rates_have_three_digits() {
        for (rate, text) in [
            (1.2345, "1.23 /s"),
            (122.4, "122 /s"),
            (45_678.0, "45.7 k/s"),
            (1.49e9, "1.49 G/s"),
            (117.3e9, "117 G/s"),
        ] {
            assert_eq!(per_second(rate), text);
        }
    }

    #[test]
    fn names_choose_and_unknown_ones_are_refused() {
        assert_eq!(choose(&[]).unwrap().len(), BENCHMARKS.len());
        let of =
            |names: &[&str]| choose(&names.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
        let ids: Vec<_> = of(&["exp", "density"]).unwrap().iter().map(|b| b.id).collect();
        assert_eq!(ids, ["density", "exp"]);
        let refused = of(&["densty"]).err().unwrap();
        assert_eq!(refused.code(), 2);
        assert!(refused.to_string().contains("Did you mean 'density'?"), "{refused}");
    }

    #[test]
    fn the_table_and_the_object_say_the_same_things() {
        for (lang, words) in [(Lang::En, "share of the limit"), (Lang::Ko, "한계 대비")] {
            let (code, out, talk) = say(lang, &["bench", "density", "--threads", "1"]);
            assert_eq!((code, talk.as_str()), (0, ""));
            assert!(out.contains(words) && out.contains("GFLOP/s"), "{out}");
        }
        let (code, out, _) = say(Lang::En, &["bench", "density", "--json", "--threads", "1"]);
        let object: Json = serde_json::from_str(&out).unwrap();
        assert_eq!(code, 0);
        let row = &object["benchmarks"][0];
        assert_eq!((row["id"].as_str(), row["threads"].as_u64()), (Some("density"), Some(1)));
        let seconds = row["seconds"]["median"].as_f64().unwrap();
        let rate = row["per_second"].as_f64().unwrap();
        assert!((rate * seconds - 1.0).abs() < 1e-12);
        let (limit, share) = (&row["limit_seconds"], &row["share_of_limit"]);
        assert!((limit.as_f64().unwrap() / seconds - share.as_f64().unwrap()).abs() < 1e-12);
        assert!(object["machine"][0]["flop"].as_f64().unwrap() > 0.0);
    }
}
