//! The input of a reader, which counts the bytes read.

use std::{
    cell::Cell,
    fs::File,
    io::{self, Read},
    path::Path,
    rc::Rc,
};

use crate::MAX_RECORD_BYTES;

/// A file or standard input.
pub struct Source {
    input: Box<dyn Read>,
    size: Option<u64>,
    read: Rc<Cell<u64>>,
    /// Bytes of the input that are not read yet.
    ahead: Vec<u8>,
}

impl Source {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(path: &Path) -> Result<Self, String> {
        if path == Path::new("-") {
            return Ok(Self::new(io::stdin(), None));
        }
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => {
                format!("{} does not exist; give a file, or - for standard input", path.display())
            }
            _ => format!("reading {}: {error}", path.display()),
        };
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(format!(
                "{} is a folder; give a file, or - for standard input",
                path.display()
            ));
        }
        let size = metadata.is_file().then_some(metadata.len());
        Ok(Self::new(file, size))
    }

    /// Reads `input`, whose size may be unknown.
    pub fn new(input: impl Read + 'static, size: Option<u64>) -> Self {
        Self { input: Box::new(input), size, read: Rc::default(), ahead: Vec::new() }
    }

    /// The next bytes, which stay unread: until there are enough, or as many as a user may have.
    pub(crate) fn peek(&mut self, is_enough: impl Fn(&[u8]) -> bool) -> io::Result<&[u8]> {
        let mut buffer = [0; 4096];
        while !is_enough(&self.ahead) && self.ahead.len() < MAX_RECORD_BYTES {
            match self.input.read(&mut buffer)? {
                0 => break,
                length => self.ahead.extend_from_slice(&buffer[..length]),
            }
        }
        Ok(&self.ahead)
    }

    /// The number of bytes, if known.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The number of bytes read, which keeps growing.
    #[must_use]
    pub fn read_so_far(&self) -> Rc<Cell<u64>> {
        Rc::clone(&self.read)
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = if self.ahead.is_empty() {
            self.input.read(buffer)?
        } else {
            let length = self.ahead.as_slice().read(buffer)?;
            self.ahead.drain(..length);
            length
        };
        self.read.set(self.read.get() + u64::try_from(length).unwrap_or_default());
        Ok(length)
    }
}
