//! Where a result goes: standard output, or a file that is written whole or not at all.

use super::{CliError, Desk};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Before a long run: whether its result could be written there.
pub(super) fn check(path: &Path) -> Result<(), CliError> {
    let tried = match special(path) {
        true => Ok(()),
        false => target(path).and_then(|(folder, _)| temporary(&folder).map(drop)),
    };
    tried.map_err(|why| CliError::Output { path: Some(path.to_owned()), why })
}

/// Writes the result to the file, or to standard output without one.
pub(super) fn write(
    desk: &mut Desk<'_>,
    path: Option<&Path>,
    bytes: &[u8],
) -> Result<(), CliError> {
    let done = match path {
        None => desk.out.write_all(bytes),
        Some(path) if special(path) => fs::write(path, bytes),
        Some(path) => atomically(path, bytes),
    };
    done.map_err(|why| CliError::Output { path: path.map(Path::to_owned), why })
}

/// Devices and pipes (`/dev/null`) cannot be replaced and are written directly.
fn special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir())
}

fn atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let (folder, target) = target(path)?;
    let mut file = temporary(&folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|e| e.error)?;
    Ok(())
}

/// The folder of a file and the file itself; behind a symbolic link, those of its target.
fn target(path: &Path) -> io::Result<(PathBuf, PathBuf)> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if path.is_dir() || path.file_name().is_none() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    Ok((folder, path))
}

fn temporary(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".contrastlab-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As any new file: what the user's umask leaves.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    // The name of the temporary file, which the error carries, says nothing to the reader.
    builder.tempfile_in(folder).map_err(|e| match e.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => e.kind().into(),
    })
}

#[cfg(test)]
mod tests {
    use super::{atomically, check, special};
    use std::fs;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out.json");
        check(&file).unwrap();
        assert!(!file.exists(), "a check writes nothing");
        atomically(&file, b"first, and longer").unwrap();
        atomically(&file, b"second").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(check(folder.path()).is_err());
        assert!(check(&folder.path().join("no/such/folder")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_keep_pointing_and_devices_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        atomically(&link, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(special("/dev/null".as_ref()));
        check("/dev/null".as_ref()).unwrap();
    }
}
