//! Parameters: what a learner can turn, in which range, and what turning it does.

mod word;

pub use word::Word;

use super::Label;
use std::fmt;

/// One knob of a lesson.
#[derive(Debug)]
pub struct ParamSpec {
    /// The name on the command line and in files, in kebab or snake case; it never changes.
    pub id: Label,
    /// The symbol in the formulas, for example `T`.
    pub symbol: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// The value a fresh run starts with.
    pub default: Value,
    /// What a change does to the run.
    pub effect: Effect,
    /// Whether it matters at all under these settings; a knob that does not is dimmed.
    pub applies: fn(&Settings) -> bool,
}

/// The values a parameter takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A real number within the bounds, both included.
    Real {
        /// The smallest value.
        min: f64,
        /// The largest value.
        max: f64,
        /// How an arrow key moves it.
        scale: Scale,
    },
    /// A whole number within the bounds, both included.
    Integer {
        /// The smallest value.
        min: i64,
        /// The largest value.
        max: i64,
        /// How an arrow key moves it.
        scale: Scale,
    },
    /// One of these ids.
    Choice(&'static [Label]),
    /// Off or on.
    Switch,
    /// One word, typed in.
    Word,
}

/// How an arrow key moves a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// By this much.
    Linear(f64),
    /// Along 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, ...: about equal ratios.
    Log,
}

/// What a change of a parameter does to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The run goes on from where it is.
    Live,
    /// The run begins again with the same seed.
    Restart,
}

/// A value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// For [`Kind::Real`].
    Real(f64),
    /// For [`Kind::Integer`].
    Integer(i64),
    /// For [`Kind::Choice`].
    Choice(Label),
    /// For [`Kind::Switch`].
    Switch(bool),
    /// For [`Kind::Word`].
    Word(Word),
}

/// Why a text is not a value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// It does not read as a number.
    NotANumber {
        /// What was given.
        given: String,
    },
    /// It reads as a number but not as a whole one.
    NotWhole {
        /// What was given.
        given: String,
    },
    /// It lies outside the range.
    OutOfRange {
        /// What was given.
        given: String,
        /// The smallest value allowed.
        min: String,
        /// The largest value allowed.
        max: String,
    },
    /// It is not one of the options.
    NoSuchOption {
        /// What was given.
        given: String,
        /// What may be given.
        options: &'static [Label],
    },
    /// It is not on or off.
    NotASwitch {
        /// What was given.
        given: String,
    },
    /// It is not one word of bounded length.
    NotAWord {
        /// What was given.
        given: String,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber { given } => write!(f, "'{given}' is not a number"),
            Self::NotWhole { given } => write!(f, "'{given}' is not a whole number"),
            Self::OutOfRange { given, min, max } => {
                write!(f, "{given} is outside the range {min} to {max}")
            }
            Self::NoSuchOption { given, options } => {
                write!(f, "'{given}' is not one of {}", options.join(", "))
            }
            Self::NotASwitch { given } => write!(f, "'{given}' is neither on nor off"),
            Self::NotAWord { given } => write!(f, "'{given}' is not one word, or is too long"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Always: the usual answer to [`ParamSpec::applies`].
#[must_use]
pub fn always(_: &Settings) -> bool {
    true
}

/// The ladder of one decade under [`Scale::Log`]: about twelve per cent to a third a rung, all of
/// them numbers one would type.
const LADDER: [f64; 10] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];

impl ParamSpec {
    /// Reads a text a learner typed as a value.
    ///
    /// # Errors
    /// A [`Refusal`] that says what was wrong and what would be right.
    pub fn parse(&self, text: &str) -> Result<Value, Refusal> {
        let text = text.trim();
        let given = || text.to_owned();
        match self.kind {
            Kind::Real { .. } => {
                let value: f64 =
                    text.parse().map_err(|_| Refusal::NotANumber { given: given() })?;
                if !value.is_finite() {
                    return Err(Refusal::NotANumber { given: given() });
                }
                self.check(Value::Real(value))
            }
            Kind::Integer { .. } => match text.parse::<i64>() {
                Ok(value) => self.check(Value::Integer(value)),
                Err(_) => match text.parse::<f64>() {
                    Ok(v) if v.is_finite() && v.fract() == 0.0 && v.abs() < 9e15 => {
                        self.check(Value::Integer(v as i64))
                    }
                    Ok(v) if v.is_finite() => Err(Refusal::NotWhole { given: given() }),
                    _ => Err(Refusal::NotANumber { given: given() }),
                },
            },
            Kind::Choice(options) => options
                .iter()
                .find(|o| o.eq_ignore_ascii_case(text))
                .map(|o| Value::Choice(o))
                .ok_or_else(|| Refusal::NoSuchOption { given: given(), options }),
            Kind::Switch => match text.to_ascii_lowercase().as_str() {
                "on" | "true" | "yes" | "1" => Ok(Value::Switch(true)),
                "off" | "false" | "no" | "0" => Ok(Value::Switch(false)),
                _ => Err(Refusal::NotASwitch { given: given() }),
            },
            Kind::Word => {
                Word::new(text).map(Value::Word).ok_or_else(|| Refusal::NotAWord { given: given() })
            }
        }
    }

    /// Whether a value is of the right kind and within the range.
    ///
    /// # Errors
    /// A [`Refusal`] that names the range.
    pub fn check(&self, value: Value) -> Result<Value, Refusal> {
        let fits = match (self.kind, value) {
            (Kind::Real { min, max, .. }, Value::Real(v)) => v >= min && v <= max,
            (Kind::Integer { min, max, .. }, Value::Integer(v)) => v >= min && v <= max,
            (Kind::Choice(options), Value::Choice(v)) => {
                return if options.contains(&v) {
                    Ok(value)
                } else {
                    Err(Refusal::NoSuchOption { given: v.to_owned(), options })
                };
            }
            (Kind::Switch, Value::Switch(_)) | (Kind::Word, Value::Word(_)) => true,
            _ => return Err(Refusal::NotANumber { given: value.to_string() }),
        };
        if fits {
            return Ok(value);
        }
        let (min, max) = self.bounds();
        Err(Refusal::OutOfRange { given: value.to_string(), min, max })
    }

    /// The two ends of the range as a learner would type them; empty for what has none.
    #[must_use]
    pub fn bounds(&self) -> (String, String) {
        match self.kind {
            Kind::Real { min, max, .. } => {
                (Value::Real(min).to_string(), Value::Real(max).to_string())
            }
            Kind::Integer { min, max, .. } => (min.to_string(), max.to_string()),
            Kind::Choice(_) | Kind::Switch | Kind::Word => (String::new(), String::new()),
        }
    }

    /// The value a number of arrow-key presses away (negative: to the left), kept in range.
    /// Numbers move to the next rung of their scale; choices and switches go round.
    #[must_use]
    pub fn nudge(&self, value: Value, presses: i32) -> Value {
        match (self.kind, value) {
            (Kind::Real { min, max, scale }, Value::Real(v)) => {
                Value::Real(rung(v, presses, scale, min).clamp(min, max))
            }
            (Kind::Integer { min, max, scale }, Value::Integer(v)) => {
                // A rung may round to where we stand: go on until the number changes.
                let mut to = v;
                let mut from = v as f64;
                for _ in 0..presses.unsigned_abs() {
                    let start = to;
                    for _ in 0..LADDER.len() {
                        from = rung(from, presses.signum(), scale, min as f64);
                        to = (from.round() as i64).clamp(min, max);
                        if to != start || to == min || to == max {
                            break;
                        }
                    }
                    if to == start {
                        to = (start + i64::from(presses.signum())).clamp(min, max);
                    }
                    from = to as f64;
                }
                Value::Integer(to)
            }
            (Kind::Choice(options), Value::Choice(v)) => {
                let at = options.iter().position(|o| *o == v).unwrap_or(0) as i64;
                let to = (at + i64::from(presses)).rem_euclid(options.len() as i64);
                Value::Choice(options[to as usize])
            }
            (Kind::Switch, Value::Switch(v)) => Value::Switch(v ^ (presses % 2 != 0)),
            _ => value,
        }
    }

    /// Where a value stands in its range, from 0 to 1, in the parameter's own scale.
    #[must_use]
    pub fn position(&self, value: Value) -> f64 {
        let (v, min, max, scale) = match (self.kind, value) {
            (Kind::Real { min, max, scale }, Value::Real(v)) => (v, min, max, scale),
            (Kind::Integer { min, max, scale }, Value::Integer(v)) => {
                (v as f64, min as f64, max as f64, scale)
            }
            (Kind::Choice(options), Value::Choice(v)) => {
                let at = options.iter().position(|o| *o == v).unwrap_or(0);
                return at as f64 / (options.len().max(2) - 1) as f64;
            }
            (_, Value::Switch(on)) => return f64::from(u8::from(on)),
            _ => return 0.0,
        };
        let at = match scale {
            Scale::Log if min > 0.0 => (v / min).ln() / (max / min).ln(),
            _ => (v - min) / (max - min),
        };
        at.clamp(0.0, 1.0)
    }
}

/// The rung `presses` away from `value`; a value between two rungs moves to the nearest one in
/// that direction first.
fn rung(value: f64, presses: i32, scale: Scale, min: f64) -> f64 {
    match scale {
        Scale::Linear(by) => {
            let at = (value - min) / by;
            let snapped = if presses > 0 { (at + 1e-9).floor() } else { (at - 1e-9).ceil() };
            tidy(min + (snapped + f64::from(presses)) * by)
        }
        Scale::Log => {
            let mut v = value;
            for _ in 0..presses.unsigned_abs() {
                v = log_rung(v, presses > 0);
            }
            v
        }
    }
}

fn log_rung(value: f64, up: bool) -> f64 {
    // Zero, where the range has it, lies one rung below a thousandth.
    if value <= 0.0 {
        return if up { 1e-3 } else { 0.0 };
    }
    let decade = value.log10().floor() as i32;
    let candidates =
        (decade - 1..=decade + 1).flat_map(|d| LADDER.iter().map(move |m| tidy(m * 10f64.powi(d))));
    let slack = 1e-9 * value;
    if up {
        candidates.filter(|c| *c > value + slack).fold(f64::INFINITY, f64::min)
    } else {
        candidates.filter(|c| *c < value - slack).fold(0.0, f64::max)
    }
}

/// Rounds away the last bits that repeated steps leave behind.
fn tidy(v: f64) -> f64 {
    format!("{v:.9e}").parse().unwrap_or(v)
}

impl fmt::Display for Value {
    /// As the command line and the saved files write it: it parses back to the same value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real(v) if *v != 0.0 && (v.abs() < 1e-4 || v.abs() >= 1e7) => write!(f, "{v:e}"),
            Self::Real(v) => write!(f, "{v}"),
            Self::Integer(v) => write!(f, "{v}"),
            Self::Choice(v) => f.write_str(v),
            Self::Switch(v) => f.write_str(if *v { "on" } else { "off" }),
            Self::Word(v) => f.write_str(v.as_str()),
        }
    }
}

/// The values of all parameters of a lesson.
#[derive(Clone, Debug)]
pub struct Settings {
    specs: &'static [ParamSpec],
    values: Vec<Value>,
}

impl PartialEq for Settings {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.specs, other.specs) && self.values == other.values
    }
}

impl Settings {
    /// Every parameter at its default.
    #[must_use]
    pub fn new(specs: &'static [ParamSpec]) -> Self {
        Self { specs, values: specs.iter().map(|s| s.default).collect() }
    }

    /// The parameters these are values of.
    #[must_use]
    pub fn specs(&self) -> &'static [ParamSpec] {
        self.specs
    }

    /// The parameter of a name.
    #[must_use]
    pub fn spec(&self, id: &str) -> Option<&'static ParamSpec> {
        self.specs.iter().find(|s| s.id == id)
    }

    /// Every parameter with its value, in the lesson's order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static ParamSpec, Value)> + '_ {
        self.specs.iter().zip(self.values.iter().copied())
    }

    /// The value of a parameter.
    ///
    /// # Panics
    /// If the lesson has no such parameter: a mistake of ours, not of the learner's.
    #[must_use]
    pub fn get(&self, id: &str) -> Value {
        self.values[self.index(id)]
    }

    /// Sets a parameter, without a look at its range: callers check first.
    pub fn set(&mut self, id: &str, value: Value) {
        let at = self.index(id);
        self.values[at] = value;
    }

    /// The value of a real parameter.
    #[must_use]
    pub fn real(&self, id: &str) -> f64 {
        match self.get(id) {
            Value::Real(v) => v,
            other => unreachable!("{id} is not a real number but {other}"),
        }
    }

    /// The value of a whole-number parameter that is never negative.
    #[must_use]
    pub fn count(&self, id: &str) -> usize {
        match self.get(id) {
            Value::Integer(v) => usize::try_from(v).unwrap_or(0),
            other => unreachable!("{id} is not a whole number but {other}"),
        }
    }

    /// The id a choice stands at.
    #[must_use]
    pub fn choice(&self, id: &str) -> Label {
        match self.get(id) {
            Value::Choice(v) => v,
            other => unreachable!("{id} is not a choice but {other}"),
        }
    }

    /// The word of a typed parameter.
    #[must_use]
    pub fn word(&self, id: &str) -> Word {
        match self.get(id) {
            Value::Word(v) => v,
            other => unreachable!("{id} is not a word but {other}"),
        }
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn switch(&self, id: &str) -> bool {
        match self.get(id) {
            Value::Switch(v) => v,
            other => unreachable!("{id} is not a switch but {other}"),
        }
    }

    fn index(&self, id: &str) -> usize {
        match self.specs.iter().position(|s| s.id == id) {
            Some(at) => at,
            None => unreachable!("no parameter '{id}'"),
        }
    }
}

#[cfg(test)]
mod tests;
