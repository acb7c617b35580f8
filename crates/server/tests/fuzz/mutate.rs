//! Changed seeds: the same for the same name and number.

/// Bytes of an input at most.
const LONGEST: usize = 4096;

/// Makes one input.
pub struct Mutator(u64);

impl Mutator {
    /// The one with this number.
    pub fn new(name: &str, number: u64) -> Self {
        // FNV-1a over the name, then the number.
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let start = name.bytes().fold(0xcbf2_9ce4_8422_2325, hash);
        Self(number.to_le_bytes().into_iter().fold(start, hash))
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when there is none.
    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = (length - start).min(1 + self.below(64));
        start..start + self.below(most + 1)
    }

    /// A seed with one to eight changes.
    pub fn input(&mut self, seeds: &[Vec<u8>], words: &[String]) -> Vec<u8> {
        let seed = &seeds[self.below(seeds.len())];
        let mut input = seed[..seed.len().min(LONGEST / 16)].to_vec();
        if seed.len() <= LONGEST {
            input.clone_from(seed);
        }
        for _ in 0..=self.below(8) {
            self.change(&mut input, seeds, words);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[String]) {
        let range = self.range(input.len());
        match self.below(9) {
            0 if !input.is_empty() => {
                let at = self.below(input.len());
                input[at] ^= 1 << self.below(8);
            }
            1 if !input.is_empty() => {
                let at = self.below(input.len());
                input[at] = self.next().to_le_bytes()[0];
            }
            2 => drop(input.drain(range)),
            3 => {
                let copy = input[range.clone()].to_vec();
                input.splice(range.end..range.end, copy);
            }
            4 => {
                let other = &seeds[self.below(seeds.len())];
                let from = self.range(other.len());
                input.splice(range, other[from].iter().copied());
            }
            5 if !words.is_empty() => {
                let word = words[self.below(words.len())].bytes();
                input.splice(range, word);
            }
            6 if !words.is_empty() => {
                let word = words[self.below(words.len())].bytes();
                input.splice(range.start..range.start, word);
            }
            7 => input.truncate(range.start),
            _ => self.change_digit(input),
        }
    }

    /// Numbers are what most properties hang on.
    fn change_digit(&mut self, input: &mut [u8]) {
        let digits: Vec<usize> = (0..input.len())
            .filter(|at| input[*at].is_ascii_digit())
            .collect();
        if !digits.is_empty() {
            let at = digits[self.below(digits.len())];
            input[at] = b'0' + self.next().to_le_bytes()[0] % 10;
        }
    }
}
