//! `lmq man`.

use crate::home::Lmq;

#[test]
fn the_manual_is_a_page_of_roff_and_needs_no_database() {
    let lmq = Lmq::new();
    let page = lmq.run(["man"]).out();
    assert!(page.contains(".TH lmq 1"), "{}", page.lines().take(5).collect::<Vec<_>>().join("\n"));
    for word in ["review", "import", "doctor"] {
        assert!(page.contains(word), "{word}");
    }
    assert!(lmq.files().is_empty());
}
