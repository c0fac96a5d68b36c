//! "Did you mean": the known name nearest to an unknown one.

/// A clause that names the nearest known name, or nothing when none is near.
pub fn did_you_mean(unknown: &str, known: &[&str]) -> String {
    let nearest = known.iter().map(|name| (distance(unknown, name), name)).min();
    match nearest {
        Some((distance, name)) if distance <= name.len() / 3 => format!(", did you mean {name:?}?"),
        _ => String::new(),
    }
}

/// How many bytes must be added, removed or replaced to make one text of the other. Texts longer than any known name are
/// far from all.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 64 {
        return usize::MAX;
    }
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        let known = ["type", "socket", "pools"];
        assert_eq!(did_you_mean("pool", &known), ", did you mean \"pools\"?");
        assert_eq!(did_you_mean("Socket", &known), ", did you mean \"socket\"?");
        assert_eq!(did_you_mean("subnet", &known), "");
        assert_eq!(did_you_mean(&"x".repeat(10_000), &known), "");
        assert_eq!(did_you_mean("", &known), "");
    }
}
