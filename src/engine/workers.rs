//! The threads that judge blocks.
//!
//! Invariants
//! - Results come in the order of the blocks, whatever thread judged them.
//! - No thread is started for a file that has one block.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use crate::error::Error;
use crate::input::{Block, Reader};

/// Blocks of a wave for each thread: enough that none waits long for another, few enough to stay small.
const BLOCKS_PER_THREAD: usize = 4;

/// What came of a wave, and the one behind it.
pub(super) struct Wave<T> {
    /// In the order of its blocks.
    pub(super) judged: Vec<T>,
    /// An error: the file cannot be read further.
    pub(super) next: Result<Vec<Block>, Error>,
}

/// The threads of a run.
#[derive(Debug)]
pub(super) struct Workers {
    /// How many; 0: as many as the machine has.
    pub(super) wanted: usize,
    /// Made for the first file that has more than one block.
    pub(super) pool: Option<rayon::ThreadPool>,
}

impl Workers {
    /// Blocks that are judged side by side; before there are threads, enough to see whether they are needed.
    pub(super) fn wave(&self) -> usize {
        self.pool.as_ref().map_or(2, |pool| pool.current_num_threads() * BLOCKS_PER_THREAD)
    }

    /// Does `work` on each of `blocks`, and meanwhile reads the next wave.
    pub(super) fn judge<T: Send>(
        &mut self,
        work: &(impl Fn(&Block) -> T + Sync),
        blocks: &[Block],
        reader: &mut Reader,
    ) -> Result<Wave<T>, Error> {
        let (judged, next) = match blocks {
            // The file's last block: starting threads costs more than judging it.
            [last] => (vec![work(last)], next_wave(reader, self.wave())),
            blocks => {
                let (pool, size) = self.pool()?;
                let all = || blocks.par_iter().map(work).collect();
                pool.install(|| rayon::join(all, || next_wave(reader, size)))
            }
        };
        Ok(Wave { judged, next })
    }

    /// The threads, and how many blocks they are given at a time.
    fn pool(&mut self) -> Result<(&rayon::ThreadPool, usize), Error> {
        let pool = match self.pool.take() {
            Some(pool) => pool,
            None => start_threads(self.wanted)?,
        };
        let size = pool.current_num_threads() * BLOCKS_PER_THREAD;
        Ok((self.pool.insert(pool), size))
    }
}

fn start_threads(wanted: usize) -> Result<rayon::ThreadPool, Error> {
    let threads = match wanted {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|fault| Error::Usage { message: fault.to_string() })
}

/// The next blocks, as many as a wave has; none at the end of the file.
pub(super) fn next_wave(reader: &mut Reader, size: usize) -> Result<Vec<Block>, Error> {
    let mut blocks = Vec::with_capacity(size);
    while blocks.len() < size {
        match reader.next_block()? {
            Some(block) => blocks.push(block),
            None => break,
        }
    }
    Ok(blocks)
}
