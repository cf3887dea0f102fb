//! What stands on the screen, in the learner's language.

use super::{App, PACES};
use crate::lab::blueprint::Source;
use crate::lab::param::{ParamSpec, Value};
use crate::text::interface::fill;
use crate::text::shell::quoted;

impl App {
    /// The words of a label: the lesson's own, else the program's, else the id itself.
    #[must_use]
    pub fn label<'a>(&'a self, id: &'a str) -> &'a str {
        // The columns of one's own table go by their own names.
        if let Some(Source::Table(table)) = self.own().map(|own| &own.source) {
            let column = match id {
                "own" | "own-x" => table.names.first(),
                "own-y" => table.names.get(1),
                _ => None,
            };
            if let Some(name) = column {
                return name;
            }
        }
        let text = self.text();
        let own = text.front.labels.get(id).or_else(|| self.interface().labels.get(id));
        if let Some(words) = own {
            return words.as_str();
        }
        match text.front.readouts.get(id) {
            Some(readout) => readout.name.as_str(),
            None => id,
        }
    }

    /// The name of a parameter.
    #[must_use]
    pub fn param_name(&self, id: &str) -> &'static str {
        self.text().front.params.get(id).map_or("", |p| p.name.as_str())
    }

    /// A value as it is shown.
    #[must_use]
    pub fn value_text(&self, spec: &ParamSpec, value: Value) -> String {
        let words = &self.interface().words;
        if let Some(own) = self.own_for(spec) {
            return own.source.name().unwrap_or_default().to_owned();
        }
        match value {
            Value::Choice(option) => self
                .text()
                .front
                .params
                .get(spec.id)
                .and_then(|p| p.options.get(option))
                .cloned()
                .unwrap_or_else(|| option.to_owned()),
            Value::Switch(true) => words.on.clone(),
            Value::Switch(false) => words.off.clone(),
            number => number.to_string(),
        }
    }

    /// This run as one command line.
    #[must_use]
    pub fn command_line(&self) -> String {
        let recipe = &self.snapshot.recipe;
        let mut line = format!("contrastlab run {} --seed {}", self.blueprint().id, recipe.seed);
        if let Some(own) = self.own() {
            line.push_str(&format!(" {}", own.flags));
        }
        for (spec, value) in recipe.base.iter().filter(|(spec, value)| *value != spec.default) {
            line.push_str(&format!(" --set {}={}", spec.id, quoted(&value.to_string())));
        }
        for edit in &recipe.edits {
            let value = quoted(&edit.value.to_string());
            line.push_str(&format!(" --set {}={value}@{}", edit.param, edit.step));
        }
        line.push_str(&format!(" --steps {}", self.snapshot.step));
        line
    }

    /// What is said of one's own data.
    #[must_use]
    pub fn own_data_words(&self) -> String {
        let name = self.own().map_or(String::new(), |own| own.source.words());
        fill(&self.interface().words.own_data, &[("name", &name)])
    }

    /// The pace in words.
    #[must_use]
    pub fn pace_text(&self) -> String {
        let words = &self.interface().words;
        let pace = PACES[self.pace];
        if pace.is_finite() {
            fill(&words.per_second, &[("n", &pace.to_string())])
        } else {
            words.flat_out.clone()
        }
    }
}
