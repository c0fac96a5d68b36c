//! New inputs made of old ones, by chance from a seed.

/// What parsers trip over.
const WORDS: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"\"",
    b"null",
    b":",
    b",",
    b"\\u0000",
    b"\\ud800",
    b"1e999",
    b"-1",
    b"18446744073709551616",
    b"\"ipam\":{",
    b"\"prevResult\":",
    b"\"ips\":[{\"address\":\"::/0\"}]",
    b"\"runtimeConfig\":{\"ips\":[\"",
    b"not found",
    b"no such file or directory",
    b"%00",
    b";",
    b"=",
    b"\xff\xff\xff\xff",
    b"\xc3\x28",
    b"../",
];

/// The source of chance, and the longest input.
pub struct Mutator {
    state: u64,
}

const LONGEST: usize = 4096;

impl Mutator {
    pub fn new(seed: u64) -> Mutator {
        Mutator { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    /// A number below the bound, or 0.
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as usize % bound.max(1)
    }

    /// One of the inputs, changed in one to six places.
    pub fn next(&mut self, inputs: &[Vec<u8>]) -> Vec<u8> {
        let mut input = inputs[self.below(inputs.len())].clone();
        if self.below(4) == 0 && !input.is_empty() {
            input[0] = self.below(6) as u8;
        }
        for _ in 0..=self.below(6) {
            self.change(&mut input, inputs);
        }
        input.truncate(LONGEST);
        input
    }

    fn change(&mut self, input: &mut Vec<u8>, inputs: &[Vec<u8>]) {
        if input.len() <= 2 {
            input.extend_from_slice(&[0, 0, b'{']);
        }
        // Verb and place stay, mostly: what comes from there is what matters.
        let at = 2 + self.below(input.len() - 2);
        let length = 1 + self.below((input.len() - at).min(40));
        match self.below(7) {
            0 => input[at] ^= 1 << self.below(8),
            1 => input[at] = self.below(256) as u8,
            2 => drop(input.splice(at..at, WORDS[self.below(WORDS.len())].iter().copied())),
            3 => drop(input.drain(at..(at + length).min(input.len()))),
            4 => {
                let end = (at + length).min(input.len());
                let part = input[at..end].to_vec();
                for _ in 0..=self.below(20) {
                    input.splice(at..at, part.iter().copied());
                }
            }
            5 => input.truncate(at),
            _ => {
                let other = &inputs[self.below(inputs.len())];
                let from = self.below(other.len());
                let to = (from + length).min(other.len());
                input.splice(at..at, other[from..to].iter().copied());
            }
        }
    }
}
