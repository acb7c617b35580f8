#![no_main]
harkara_fuzz::fuzz!();
