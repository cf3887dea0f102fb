//! `run`: a lesson without a screen. It replays the same recipe the lab would, so the numbers are
//! the lab's, bit for bit.

use super::arguments::{Format, Global, RunArguments};
use super::message::{CliError, Word};
use super::progress::Progress;
use super::signal::Stop;
use super::words::Words;
use super::{Desk, output, plan, report};
use crate::lab::run::Run;
use crate::ui::number::thousands;

pub(super) fn run(
    desk: &mut Desk<'_>,
    global: &Global,
    asked: &RunArguments,
) -> Result<(), CliError> {
    let lesson = plan::lesson(desk, &asked.lesson)?;
    let words = Words::of(lesson, desk.lang);
    let seed = global.seed.unwrap_or(plan::DEFAULT_SEED);
    let recipe = plan::recipe(lesson, &asked.start, seed)?;
    if let Some(late) = recipe.edits.iter().find(|e| e.step > asked.steps) {
        let (param, step) = (late.param, late.step);
        return Err(CliError::AfterTheEnd { param, step, steps: asked.steps });
    }
    let source = plan::source(Some(lesson), &asked.start)?;
    if let Some(path) = &asked.out {
        output::check(path)?;
    }
    // Said on the side: a knob that is turned in vain is most likely a mistake.
    for id in asked.start.set.iter().filter_map(|s| s.split_once('=')).map(|(id, _)| id) {
        if recipe.base.spec(id).is_some_and(|spec| !(spec.applies)(&recipe.base)) {
            let word = Word::NoEffect.of(desk.lang);
            let _ = writeln!(desk.talk, "contrastlab: {id}: {word}.");
        }
    }
    let stop = Stop::noted();
    let mut run = Run::replay(lesson, source, recipe).map_err(|e| words.trouble(e))?;
    let diverged = advance(&mut run, asked.steps, desk, &stop)?.map(|e| words.trouble(e));
    let view = run.view();
    let bytes = match asked.format {
        Format::Table => report::table(&run, &view, desk.lang).into_bytes(),
        Format::Json => report::json(&run, &view),
        Format::Csv => report::csv(&run, &view)?,
        Format::Markdown => report::markdown(&run, &view, desk.lang).into_bytes(),
    };
    output::write(desk, asked.out.as_deref(), &bytes)?;
    diverged.map_or(Ok(()), Err)
}

/// Takes the steps. A divergence ends them early and is handed back: what there is to see until
/// then is still worth printing.
fn advance(
    run: &mut Run,
    steps: u64,
    desk: &mut Desk<'_>,
    stop: &Stop,
) -> Result<Option<crate::lab::run::RunError>, CliError> {
    let mut progress = Progress::new(desk);
    let mut diverged = None;
    while run.step() < steps && diverged.is_none() {
        if let Some(signal) = stop.asked() {
            progress.wipe(desk.talk);
            return Err(CliError::Interrupted(signal));
        }
        diverged = run.advance().err();
        let lang = desk.lang;
        progress.say(desk.talk, || {
            let (step, all) = (thousands(run.step()), thousands(steps));
            format!("{} {step} / {all}", Word::Step.of(lang))
        });
    }
    progress.wipe(desk.talk);
    Ok(diverged)
}

#[cfg(test)]
mod tests {
    use crate::cli::tests::say;
    use crate::lab::blueprint::Source;
    use crate::lab::param::Value;
    use crate::lab::run::Run;
    use crate::lab::run::tests::WALK;
    use crate::text::Lang;
    use serde_json::{Value as Json, json};

    #[test]
    fn the_command_line_gives_the_numbers_of_the_lab_bit_for_bit() {
        let (code, out, talk) = say(
            Lang::En,
            &[
                "run",
                "walk",
                "--seed",
                "11",
                "--steps",
                "300",
                "--set",
                "start=4",
                "--set",
                "width=2.5@100",
                "--format",
                "json",
            ],
        );
        assert_eq!((code, talk.as_str()), (0, ""));
        let mut settings = WALK.defaults();
        settings.set("start", Value::Real(4.0));
        let mut run = Run::new(&WALK, Source::Shipped, 11, settings).unwrap();
        for step in 0..300 {
            if step == 100 {
                run.edit("width", Value::Real(2.5), false).unwrap();
            }
            run.advance().unwrap();
        }
        let object: Json = serde_json::from_str(&out).unwrap();
        assert_eq!(
            object,
            json!({
                "lesson": "walk", "seed": 11, "step": 300,
                "params": {"width": 2.5, "start": 4.0},
                "edits": [{"step": 100, "param": "width", "value": 2.5}],
                "readouts": {"at": {"value": run.view().readouts[0].value}},
                "figures": [],
            })
        );
    }

    #[test]
    fn csv_holds_every_digit_and_the_table_reads() {
        let arguments = ["run", "walk", "--steps", "20", "--format"];
        let with = |f| say(Lang::En, &[&arguments[..], &[f]].concat()).1;
        let object: Json = serde_json::from_str(&with("json")).unwrap();
        let value = object["readouts"]["at"]["value"].as_f64().unwrap();
        let csv = with("csv");
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("lesson,seed,step,readout,value,error,exact"));
        assert_eq!(lines.next(), Some(format!("walk,7,20,at,{value},,").as_str()));
        assert_eq!(lines.next(), None);
        let table = with("table");
        assert!(table.starts_with("walk   seed 7   step 20\n"), "{table}");
        let shown = format!("at  {}", super::super::number::significant(value));
        assert!(table.contains(&shown), "{table}");
    }

    #[test]
    fn a_divergence_is_told_and_what_there_was_is_printed() {
        let (code, out, talk) =
            say(Lang::Ko, &["run", "walk", "--set", "width=1e9", "--format", "json"]);
        assert_eq!(code, 1);
        assert!(talk.contains("단계에서 발산했습니다: too-far"), "{talk}");
        let object: Json = serde_json::from_str(&out).unwrap();
        assert_eq!(object["diverged"]["why"], "too-far");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_before_the_run() {
        let (code, out, talk) =
            say(Lang::En, &["run", "walk", "--steps", "99999999", "--out", "/no/such/place.json"]);
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(talk.contains("cannot write /no/such/place.json"), "{talk}");
    }

    #[test]
    fn a_word_in_any_script_is_a_value() {
        for (word, letters) in [("토끼", 2), ("don't", 5), (" Rabbit ", 6)] {
            let set = format!("word={word}@3");
            let arguments =
                ["run", "echo", "--steps", "5", "--set", &set, "--set", "word=hole", "--format"];
            for lang in Lang::ALL {
                let (code, out, talk) = say(lang, &[&arguments[..], &["json"]].concat());
                assert_eq!((code, talk.as_str()), (0, ""));
                let object: Json = serde_json::from_str(&out).unwrap();
                assert_eq!(object["params"]["word"], word.trim());
                assert_eq!(object["edits"][0]["value"], word.trim());
                assert_eq!(object["readouts"]["letters"]["value"], f64::from(letters));
                let (code, out, _) = say(lang, &[&arguments[..], &["table"]].concat());
                assert!(code == 0 && out.contains(word.trim()), "{out}");
            }
        }
    }
}
