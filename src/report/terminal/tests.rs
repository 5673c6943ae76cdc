use super::*;
use crate::report::output::tests::Page;
use crate::report::sample;

fn print(language: Language, width: usize, hide: bool) -> String {
    let page = Page::default();
    let audience = Audience { language, hide_values: hide, hide_keys: hide };
    let look = Appearance { language, width, ..Appearance::default() };
    sample::tell(&mut Full::new(page.output(), audience, look, Caps::default(), true));
    page.text()
}

#[test]
fn look() {
    for (language, width, hide) in [
        (Language::Ja, 80, false),
        (Language::En, 80, false),
        (Language::Ja, 160, false),
        (Language::En, 160, false),
        (Language::En, 80, true),
    ] {
        println!("=================== {language:?} {width}\n{}", print(language, width, hide));
    }
}
