//! Where the files are: the XDG Base Directory Specification.
//!
//! `$XDG_CONFIG_HOME/contrastlab/config.toml`, `$XDG_STATE_HOME/contrastlab/progress.toml` and
//! `contrastlab.log`; without the variables `~/.config` and `~/.local/state`. As the specification
//! asks, a relative path in a variable is ignored.

use std::ffi::OsString;
use std::path::PathBuf;

/// Where the files are. None of them need exist; a place that is none is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// The learner's configuration.
    pub config: Option<PathBuf>,
    /// The progress.
    pub progress: Option<PathBuf>,
    /// The log.
    pub log: Option<PathBuf>,
}

impl Paths {
    /// The places that the environment names.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let home = absolute("HOME").or_else(|| absolute("USERPROFILE"));
        let base = |name: &str, default: &[&str]| {
            absolute(name)
                .or_else(|| home.as_ref().map(|h| h.join(default.iter().collect::<PathBuf>())))
                .map(|p| p.join("contrastlab"))
        };
        let state = base("XDG_STATE_HOME", &[".local", "state"]);
        Self {
            config: base("XDG_CONFIG_HOME", &[".config"]).map(|p| p.join("config.toml")),
            progress: state.as_ref().map(|p| p.join("progress.toml")),
            log: state.map(|p| p.join("contrastlab.log")),
        }
    }

    /// The places of this process's environment.
    #[must_use]
    pub fn from_env() -> Self {
        Self::of(|name| std::env::var_os(name))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::Paths;
    use std::path::PathBuf;

    fn of(pairs: &[(&str, &str)]) -> Paths {
        Paths::of(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| v.into()))
    }

    fn at(path: &str) -> Option<PathBuf> {
        Some(path.into())
    }

    #[test]
    fn the_variables_come_first_then_the_home() {
        let home = of(&[("HOME", "/home/ada")]);
        assert_eq!(home.config, at("/home/ada/.config/contrastlab/config.toml"));
        assert_eq!(home.progress, at("/home/ada/.local/state/contrastlab/progress.toml"));
        let set = of(&[("HOME", "/home/ada"), ("XDG_STATE_HOME", "/s"), ("XDG_CONFIG_HOME", "/c")]);
        assert_eq!(set.config, at("/c/contrastlab/config.toml"));
        assert_eq!(set.log, at("/s/contrastlab/contrastlab.log"));
    }

    #[test]
    fn a_relative_or_empty_variable_is_ignored() {
        for value in ["state", "./state", ""] {
            let paths = of(&[("HOME", "/home/ada"), ("XDG_STATE_HOME", value)]);
            assert_eq!(paths.progress, at("/home/ada/.local/state/contrastlab/progress.toml"));
        }
    }

    #[test]
    fn without_a_home_nothing_is_known() {
        assert_eq!(of(&[]), Paths::default());
        assert_eq!(of(&[("HOME", "")]), Paths::default());
        assert_eq!(of(&[("XDG_STATE_HOME", "/s")]).config, None);
    }
}
