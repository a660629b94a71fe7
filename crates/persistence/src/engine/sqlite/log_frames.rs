//! The frames of a log that SQLite would read, in the form that is documented
//! (<https://sqlite.org/fileformat2.html#walformat>).

use std::io::{self, Read};

/// Where a page 1 has the stamp of the file: `user_version`.
pub(crate) const STAMP_AT: usize = 60;

/// How long the header of a log is, and that of a frame.
pub(crate) const HEADER_BYTES: usize = 32;
pub(crate) const FRAME_HEADER_BYTES: usize = 24;

/// How a log begins whose checksums are made of little-endian words. Of big-endian words, the last
/// bit is 1.
const MAGIC: u32 = 0x377f_0682;

/// The smallest and the largest page.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 512..=65536;

/// The frames that have a valid checksum, in their order.
pub(crate) struct LogFrames<R> {
    log: R,
    is_big_endian: bool,
    salts: [u8; 8],
    checksum: [u32; 2],
    frame: Vec<u8>,
}

/// One frame.
pub(crate) struct LogFrame {
    /// Whether a transaction ends with it.
    pub(crate) is_commit: bool,
    /// The stamp in it, if it is a page 1.
    pub(crate) stamp: Option<u32>,
}

impl<R: Read> LogFrames<R> {
    /// The frames of a log; none if it has no valid header.
    pub(crate) fn open(mut log: R) -> io::Result<Option<Self>> {
        let mut header = [0; HEADER_BYTES];
        if !read(&mut log, &mut header)? {
            return Ok(None);
        }
        let (magic, page_size) = (word(&header, 0), word(&header, 8));
        let is_big_endian = magic & 1 == 1;
        let checksum = sum([0; 2], &header[..24], is_big_endian);
        let is_valid = magic & !1 == MAGIC
            && PAGE_SIZES.contains(&page_size)
            && checksum == [word(&header, 24), word(&header, 28)];
        let Ok(page_size) = usize::try_from(page_size) else { return Ok(None) };
        let mut salts = [0; 8];
        salts.copy_from_slice(&header[16..24]);
        let frame = vec![0; FRAME_HEADER_BYTES + if is_valid { page_size } else { 0 }];
        Ok(is_valid.then_some(Self { log, is_big_endian, salts, checksum, frame }))
    }

    /// The next frame; none at the end, and from the first one on that belongs to an earlier log.
    pub(crate) fn next(&mut self) -> io::Result<Option<LogFrame>> {
        if !read(&mut self.log, &mut self.frame)? {
            return Ok(None);
        }
        let (header, page) = self.frame.split_at(FRAME_HEADER_BYTES);
        self.checksum = sum(self.checksum, &header[..8], self.is_big_endian);
        self.checksum = sum(self.checksum, page, self.is_big_endian);
        if header[8..16] != self.salts || self.checksum != [word(header, 16), word(header, 20)] {
            return Ok(None);
        }
        let stamp = (word(header, 0) == 1).then(|| word(page, STAMP_AT));
        Ok(Some(LogFrame { is_commit: word(header, 4) != 0, stamp }))
    }
}

/// Fills the buffer; no if there is less.
fn read(log: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match log.read_exact(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4].iter().fold(0, |word, byte| word << 8 | u32::from(*byte))
}

/// Goes on with a checksum over words that come in pairs.
fn sum([mut first, mut second]: [u32; 2], bytes: &[u8], is_big_endian: bool) -> [u32; 2] {
    let value = |at| {
        let word = word(bytes, at);
        if is_big_endian { word } else { word.swap_bytes() }
    };
    for at in (0..bytes.len()).step_by(8) {
        first = first.wrapping_add(value(at)).wrapping_add(second);
        second = second.wrapping_add(value(at + 4)).wrapping_add(first);
    }
    [first, second]
}
