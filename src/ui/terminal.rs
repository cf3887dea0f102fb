//! The terminal: taken over on entering, given back whole on leaving, on a panic and on suspension.
//!
//! A frame is written with one system call between the marks of a synchronized update (DEC private
//! mode 2026), so that figures do not tear over a slow connection.

use crossterm::event::{
    DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture,
};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
};
use crossterm::{cursor, execute, queue};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::{Rect, Size};
use ratatui::{Frame, Terminal};
use std::io::{self, Write};
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::thread::ThreadId;

/// Whether the terminal is ours at the moment.
static ACTIVE: AtomicBool = AtomicBool::new(false);
/// The thread that draws.
static UI_THREAD: Mutex<Option<ThreadId>> = Mutex::new(None);
/// The panics of other threads while the terminal was ours, the oldest first.
static RECORDED: Mutex<Vec<String>> = Mutex::new(Vec::new());
static HOOK: Once = Once::new();

/// The terminal while it is ours. Dropping it gives the terminal back.
pub struct Screen {
    terminal: Terminal<CrosstermBackend<Pending<io::Stdout>>>,
    mouse: bool,
}

impl Screen {
    /// Takes the terminal over: raw mode, alternate screen, bracketed paste and, if wanted, the
    /// mouse. From here on a panic of this thread restores the terminal before it is reported, and
    /// a panic of another thread is only recorded (see [`take_panics`]).
    ///
    /// # Errors
    /// Where standard output is no terminal or cannot be written.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        // With NO_COLOR, crossterm writes a bare reset in place of each colour, which also cancels
        // bold and reverse. The theme honours NO_COLOR itself.
        crossterm::style::force_color_output(true);
        *UI_THREAD.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(std::thread::current().id());
        HOOK.call_once(install_hook);
        if let Err(error) = take_over(mouse) {
            restore();
            return Err(error);
        }
        match Terminal::new(CrosstermBackend::new(Pending::new(io::stdout()))) {
            Ok(terminal) => Ok(Self { terminal, mouse }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Draws one frame as one synchronized update.
    ///
    /// # Errors
    /// Where the terminal cannot be written or its size not be read.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        let drawn = self.terminal.draw(render).map(|_| ());
        // The end mark follows even a failed frame, or the terminal would stand still.
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)?;
        drawn
    }

    /// Gives the terminal back, stops this process as Ctrl-Z does, and takes the terminal over
    /// again when it is continued. Draw afterwards: the screen is empty. Does nothing on systems
    /// without job control.
    ///
    /// # Errors
    /// Where the signal cannot be raised or the terminal not be taken over again.
    pub fn suspend(&mut self) -> io::Result<()> {
        #[cfg(unix)]
        {
            restore();
            // The default action stops the process inside this call, whatever handler there is.
            let raised =
                signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP);
            take_over(self.mouse)?;
            self.repaint()?;
            raised
        }
        #[cfg(not(unix))]
        Ok(())
    }

    /// Takes the terminal over once more, whatever was done to it meanwhile: after a stop and
    /// continue that this process did not see coming.
    ///
    /// # Errors
    /// Where the terminal cannot be written.
    pub fn reclaim(&mut self) -> io::Result<()> {
        take_over(self.mouse)?;
        self.repaint()
    }

    /// The size of the terminal in columns and rows.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn size(&self) -> io::Result<Size> {
        self.terminal.size()
    }

    /// Makes the next frame paint every cell, whatever the terminal shows now.
    ///
    /// # Errors
    /// Where the terminal cannot be written or its size not be read.
    pub fn repaint(&mut self) -> io::Result<()> {
        let size = self.terminal.size()?;
        // `Terminal::clear` would ask the terminal where its cursor is and wait for the answer.
        self.terminal.resize(Rect::new(0, 0, size.width, size.height))
    }

    /// Starts or stops listening to the mouse.
    ///
    /// # Errors
    /// Where the terminal cannot be written.
    pub fn set_mouse(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        if mouse {
            execute!(self.terminal.backend_mut(), EnableMouseCapture)
        } else {
            execute!(self.terminal.backend_mut(), DisableMouseCapture)
        }
    }

    /// Whether it listens to the mouse.
    #[must_use]
    pub fn mouse(&self) -> bool {
        self.mouse
    }

    /// Writes control sequences of one's own, for example OSC 52, past the frame.
    ///
    /// # Errors
    /// Where the terminal cannot be written.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let out = self.terminal.backend_mut();
        out.write_all(bytes)?;
        Write::flush(out)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
    }
}

/// The size of the terminal in columns and rows; none where standard output is no terminal.
#[must_use]
pub fn size() -> Option<(u16, u16)> {
    use io::IsTerminal as _;
    if io::stdout().is_terminal() { crossterm::terminal::size().ok() } else { None }
}

fn take_over(mouse: bool) -> io::Result<()> {
    ACTIVE.store(true, Ordering::SeqCst);
    crossterm::terminal::enable_raw_mode()?;
    let mut out = io::stdout().lock();
    execute!(out, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)?;
    if mouse {
        execute!(out, EnableMouseCapture)?;
    }
    Ok(())
}

/// Gives the terminal back, once, however often it is called. Errors are passed over: it is the
/// last thing that can be done.
pub fn restore() {
    if !ACTIVE.swap(false, Ordering::SeqCst) {
        return;
    }
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        DisableMouseCapture,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        cursor::Show
    );
    let _ = crossterm::terminal::disable_raw_mode();
}

/// The panics of other threads since the last call, each as "message (file:line:column)".
#[must_use]
pub fn take_panics() -> Vec<String> {
    std::mem::take(&mut *RECORDED.lock().unwrap_or_else(PoisonError::into_inner))
}

fn install_hook() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let ui = *UI_THREAD.lock().unwrap_or_else(PoisonError::into_inner);
        if ACTIVE.load(Ordering::SeqCst) && ui != Some(std::thread::current().id()) {
            RECORDED.lock().unwrap_or_else(PoisonError::into_inner).push(describe(info));
            return;
        }
        restore();
        previous(info);
    }));
}

fn describe(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("panic without a message");
    match info.location() {
        Some(place) => format!("{message} ({place})"),
        None => message.to_owned(),
    }
}

/// Holds what is written back until it is flushed, then writes it at once. Unlike a `BufWriter` it
/// forgets what is pending when it is dropped: half a frame must not reach a terminal that has been
/// given back.
struct Pending<W: Write> {
    bytes: Vec<u8>,
    out: W,
}

impl<W: Write> Pending<W> {
    fn new(out: W) -> Self {
        Self { bytes: Vec::with_capacity(1 << 16), out }
    }
}

impl<W: Write> Write for Pending<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let written = self.out.write_all(&self.bytes);
        self.bytes.clear();
        written?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::Pending;
    use std::io::Write;

    #[test]
    fn a_frame_is_written_at_once_or_not_at_all() {
        let mut out = Vec::new();
        {
            let mut pending = Pending::new(&mut out);
            pending.write_all(b"whole ").unwrap();
            pending.write_all(b"frame").unwrap();
            pending.flush().unwrap();
            pending.write_all(b"half a fra").unwrap();
        }
        assert_eq!(out, b"whole frame");
    }
}
