//! The words of the program itself: menus, help, status, refusals. A word that is missing in one
//! language, or that nothing uses, does not load.

use super::Lang;
use crate::lab::param::Refusal;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Declares the words once: the struct, and the list of the fields for the tests.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $field:ident),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$doc])* pub $field: String,)*
        }

        impl $name {
            /// Every word with its name.
            #[must_use]
            pub fn all(&self) -> Vec<(&'static str, &str)> {
                vec![$((stringify!($field), self.$field.as_str())),*]
            }
        }
    };
}

words! {
    /// Single words and short sentences; `{name}` in them is filled in.
    Words {
        /// What up and down move by in a table: a row.
        row,
        /// What Enter does in a row: have it measured and shown.
        row_look,
        /// What Enter does in a row: measure claims.
        row_measure,
        /// Enter on a row that leads nowhere.
        row_nowhere,
        /// A claim that has not been measured.
        claim_not_yet,
        /// A claim that is being measured, or waits to be.
        claim_now,
        /// A claim measured as stated.
        claim_holds,
        /// A claim not measured as stated.
        claim_fails,
        /// Enter on "all claims" when all have been measured.
        claims_done,
        /// A figure that is no table was to be copied.
        no_table,
        /// The title of the lesson pane.
        lesson,
        /// The title of the parameter pane.
        parameters,
        /// The title of the readout pane.
        readouts,
        /// The tab that holds figures, parameters and readouts on a narrow screen.
        lab,
        /// Taking steps.
        running,
        /// Waiting.
        paused,
        /// Replaying towards an earlier step.
        rewinding,
        /// The numbers left the finite.
        diverged,
        /// The experiment broke.
        failed,
        /// The pace without a limit.
        flat_out,
        /// A pace: `{n}` steps a second.
        per_second,
        /// Steps taken.
        step,
        /// The seed.
        seed,
        /// Page `{n}` of `{of}`.
        page,
        /// The exact value.
        exact,
        /// A change begins the run again.
        restarts,
        /// The knob matters not under these settings.
        no_effect,
        /// On.
        on,
        /// Off.
        off,
        /// The head of a prediction.
        predict,
        /// It rises.
        rises,
        /// It falls.
        falls,
        /// It stays.
        stays,
        /// Both sides are being run.
        asking,
        /// You said `{answer}`.
        you_said,
        /// `{before}` became `{after}`.
        outcome,
        /// The prediction was right.
        foreseen,
        /// The prediction was not.
        surprise,
        /// It could not be run: `{why}`.
        not_run,
        /// The head of claim `{n}`.
        claim,
        /// What the post says.
        post_says,
        /// What is so.
        what_is_so,
        /// How to check a claim.
        claim_how,
        /// It is being measured.
        measuring,
        /// The post is right here.
        verdict_right,
        /// The post is loose here.
        verdict_loose,
        /// The post is wrong here.
        verdict_wrong,
        /// The measurement is what it should be.
        holds,
        /// It is not.
        holds_not,
        /// `{measured}` against `{expected}`.
        near,
        /// At least.
        at_least,
        /// At most.
        at_most,
        /// Diverged at `{step}`.
        diverged_at,
        /// How to come back from there.
        undo_hint,
        /// The experiment panicked with `{why}`.
        failed_with,
        /// The title of the menu.
        menu,
        /// Said once, on the very first visit.
        first_visit,
        /// In the footer: turn the page.
        turn,
        /// In the footer: scroll.
        scroll,
        /// In the footer: the figure before or after.
        figure,
        /// In the footer: choose an entry.
        choose,
        /// In the footer: open the chosen entry.
        open,
        /// The palette's prompt.
        find,
        /// Nothing matches.
        nothing_found,
        /// A kind of entry.
        kind_lesson,
        /// A kind of entry.
        kind_parameter,
        /// A kind of entry.
        kind_preset,
        /// A kind of entry.
        kind_command,
        /// A kind of entry.
        kind_chapter,
        /// A kind of entry.
        kind_term,
        /// The title of the glossary.
        glossary,
        /// How to search it.
        glossary_hint,
        /// A term is explained in `{lesson}`.
        explained_in,
        /// It is also used in `{lessons}`.
        also_in,
        /// The remark at a chapter's head in the lesson list.
        chapter_page,
        /// The heading above what one can do at the end of a chapter.
        chapter_able,
        /// Of a chapter's `{of}` claims `{n}` were measured as stated, `{which}`.
        chapter_claims,
        /// `{n}` of `{of}` predictions made.
        predictions_made,
        /// `{n}` of `{of}` claims measured as stated.
        claims_tested,
        /// How to see the run of a prediction.
        show_me,
        /// The run with the change: `{values}`, `{readout}`, `{steps}`.
        shown_after,
        /// The run without it.
        shown_before,
        /// The run with the change is at its end: `{step}`, `{readout}`, `{here}`, `{other}`.
        shown_after_end,
        /// The run without it is.
        shown_before_end,
        /// A prediction was brought into sight; which keys answer it.
        question_here,
        /// No prediction on the page has been judged.
        nothing_to_show,
        /// A claim is also measured in `{lessons}`.
        claim_also,
        /// The title of the lesson list.
        lessons,
        /// `{n}` of `{of}` pages read.
        pages_read,
        /// The title of the preset list.
        presets,
        /// The entry that sets every parameter to its default.
        all_defaults,
        /// What that entry does.
        all_defaults_about,
        /// The title of the help.
        help,
        /// How to close an overlay.
        close,
        /// How to copy the code above.
        copy_hint,
        /// Copied to the clipboard: `{what}`.
        copied,
        /// Nothing can be taken back.
        nothing_to_undo,
        /// Taken back.
        undone,
        /// There is no lesson further on.
        last_lesson,
        /// There is no lesson before.
        first_lesson,
        /// Mouse on.
        mouse_on,
        /// Mouse off.
        mouse_off,
        /// The look is now `{name}`.
        theme_now,
        /// The pace is now `{pace}`.
        pace_now,
        /// A new run with seed `{seed}`.
        seed_now,
        /// Begun again.
        restarted,
        /// Progress cannot be saved: `{why}`.
        not_saved,
        /// No place for the progress is known.
        progress_nowhere,
        /// The progress `{file}` could not be read (`{why}`) and is kept as `{now}`.
        progress_set_aside,
        /// It cannot be read nor renamed.
        progress_stuck,
        /// It is of a newer lab's `{version}`.
        progress_newer,
        /// It cannot be written.
        progress_unwritten,
        /// The learner's own file is shown: `{name}`.
        own_data,
        /// Keys of the value editor.
        editor_keys,
        /// Not a number: `{given}`.
        not_a_number,
        /// Not whole: `{given}`.
        not_whole,
        /// Out of range: `{given}`, `{min}`, `{max}`.
        out_of_range,
        /// Not an option: `{given}`, `{options}`.
        no_such_option,
        /// Neither on nor off: `{given}`.
        not_a_switch,
        /// Not one word: `{given}`.
        not_a_word,
    }
}

/// All words of the program in one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// The chapters' names, from the first.
    pub chapters: Vec<String>,
    /// Single words and short sentences.
    pub words: Words,
    /// What a key does, by the action's id in the key table: a few words.
    pub actions: BTreeMap<String, String>,
    /// What a key does, in one or two words for the footer; falls back to `actions`.
    pub footer: BTreeMap<String, String>,
    /// Labels that any lesson's figures may use, by id.
    pub labels: BTreeMap<String, String>,
}

impl Interface {
    /// The words in a language.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        static EN: OnceLock<Interface> = OnceLock::new();
        static KO: OnceLock<Interface> = OnceLock::new();
        match lang {
            Lang::En => EN.get_or_init(|| load(include_str!("../../lessons/interface/en.toml"))),
            Lang::Ko => KO.get_or_init(|| load(include_str!("../../lessons/interface/ko.toml"))),
        }
    }

    /// What an action is called in the help.
    #[must_use]
    pub fn action<'a>(&'a self, id: &'a str) -> &'a str {
        self.actions.get(id).map_or(id, String::as_str)
    }

    /// What an action is called in the footer.
    #[must_use]
    pub fn brief<'a>(&'a self, id: &'a str) -> &'a str {
        self.footer.get(id).map_or_else(|| self.action(id), String::as_str)
    }

    /// Why a value was refused, in one sentence.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let w = &self.words;
        match refusal {
            Refusal::NotANumber { given } => fill(&w.not_a_number, &[("given", given)]),
            Refusal::NotWhole { given } => fill(&w.not_whole, &[("given", given)]),
            Refusal::OutOfRange { given, min, max } => {
                fill(&w.out_of_range, &[("given", given), ("min", min), ("max", max)])
            }
            Refusal::NoSuchOption { given, options } => {
                fill(&w.no_such_option, &[("given", given), ("options", &options.join(", "))])
            }
            Refusal::NotASwitch { given } => fill(&w.not_a_switch, &[("given", given)]),
            Refusal::NotAWord { given } => fill(&w.not_a_word, &[("given", given)]),
        }
    }
}

/// The files are part of the program and the tests load both: a fault in them is a bug of ours.
fn load(text: &str) -> Interface {
    match toml::from_str(text) {
        Ok(interface) => interface,
        Err(error) => unreachable!("lessons/interface: {error}"),
    }
}

/// Puts values in the places of a template: `{name}` becomes the value of `name`.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        rest = &rest[open..];
        let close = rest.find('}');
        let value = close.and_then(|c| values.iter().find(|(name, _)| *name == &rest[1..c]));
        match (close, value) {
            (Some(close), Some((_, value))) => {
                out.push_str(value);
                rest = &rest[close + 1..];
            }
            _ => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_load_and_fill_the_same_places() {
        let places = |text: &str| {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}').map(|(name, _)| name.to_owned()))
                .collect();
            found.sort();
            found
        };
        let (en, ko) = (Interface::of(Lang::En), Interface::of(Lang::Ko));
        for ((name, a), (_, b)) in en.words.all().into_iter().zip(ko.words.all()) {
            assert!(!a.trim().is_empty() && !b.trim().is_empty(), "{name} is empty");
            assert_eq!(places(a), places(b), "{name}");
        }
        assert_eq!(en.chapters.len(), ko.chapters.len());
        assert!(en.actions.keys().eq(ko.actions.keys()));
        assert!(en.footer.keys().eq(ko.footer.keys()));
        assert!(en.labels.keys().eq(ko.labels.keys()));
    }

    #[test]
    fn a_template_is_filled_once_and_strange_braces_stay() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(fill("{c} {", &[("a", "1")]), "{c} {");
    }
}
