//! The program `harkara`. Everything it does is in [`harkara::cli`].

use std::process::ExitCode;

/// The system allocator gives memory back late under many small allocations on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    harkara::cli::main()
}
