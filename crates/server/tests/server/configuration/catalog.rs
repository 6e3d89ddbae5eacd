//! What is said of each mistake in the catalogue and in the files of codes.

use super::workshop::Workshop;

#[test]
fn each_mistake_is_said_once_with_its_line_its_key_and_its_fix() {
    for (key, line, told) in [
        (
            "price",
            "price = 19.90",
            "catalog.toml:5: `price` takes a whole number, since prices are whole fen (分): 19.90 yuan is 1990",
        ),
        (
            "price",
            "price = \"19.90\"",
            "catalog.toml:5: `price` takes a whole number, since prices are whole fen (分): 19.90 yuan is 1990",
        ),
        (
            "price",
            "price = 0",
            "catalog.toml:5: `price` takes 1 to 500000000 fen",
        ),
        ("price", "price = -5", "catalog.toml:5: `price` takes 1 to"),
        (
            "price",
            "price = 500000001",
            "catalog.toml:5: `price` takes 1 to",
        ),
        ("price", "", "catalog.toml:1: `price` is missing"),
        (
            "price",
            "price = 1990\nprice_before = 1990",
            "catalog.toml:6: `price_before` must be above `price`",
        ),
        (
            "price",
            "price = 1990\nprice_before = 29.9",
            "catalog.toml:6: `price_before` takes a whole number, since prices are whole fen (分): 29.90 yuan is 2990",
        ),
        (
            "price",
            "prise = 1990\nprice = 1990",
            "catalog.toml:5: `prise` is no key here: did you mean `price`?",
        ),
        (
            "price",
            "price = 1990\nbest_value = \"yes\"",
            "catalog.toml:6: `best_value` takes true or false",
        ),
        (
            "id",
            "id = \"VIP month\"",
            "catalog.toml:2: `id` takes lower-case letters",
        ),
        (
            "id",
            "id = \"coffee-voucher\"",
            "catalog.toml:9: `id` is the id of another product, too (catalog.toml:2)",
        ),
        (
            "kind",
            "kind = \"gold\"",
            "catalog.toml:3: `kind` takes \"vip\" or \"voucher\"",
        ),
        ("title", "title = \"\"", "catalog.toml:4: `title` is empty"),
        (
            "title",
            "title = 5",
            "catalog.toml:4: `title` takes a text, \"…\", or one for each language",
        ),
        (
            "title",
            "title = { en = \"VIP\" }",
            "catalog.toml:4: `title` needs its Simplified Chinese text, zh_cn",
        ),
        (
            "title",
            "title = { zh_cn = \"会员\", zh_hk = \"會員\" }",
            "catalog.toml:4: `title` takes zh_cn, zh_tw and en",
        ),
        (
            "title",
            "title = \"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三\"",
            "catalog.toml:4: `title` takes up to 127 bytes",
        ),
        (
            "title",
            "title = \"会员\"\nvalidity = { zh_cn = \"90 天\", en = 90 }",
            "catalog.toml:5: `validity` in en: takes text",
        ),
        (
            "vip_days",
            "vip_days = 0",
            "catalog.toml:6: `vip_days` takes 1 to 3660 days",
        ),
        (
            "vip_days",
            "vip_days = 30.5",
            "catalog.toml:6: `vip_days` takes 1 to 3660 days, as a whole number",
        ),
        ("vip_days", "", "catalog.toml:1: `vip_days` is missing"),
        (
            "vip_days",
            "vip_days = 31\ncodes_file = \"codes.txt\"",
            "catalog.toml:7: `codes_file` belongs to kind = \"voucher\"",
        ),
        (
            "codes_file",
            "codes_file = \"nowhere.txt\"",
            "catalog.toml:13: `codes_file` nowhere.txt does not exist",
        ),
        ("codes_file", "", "catalog.toml:8: `codes_file` is missing"),
        (
            "codes_file",
            "codes_file = \"codes.txt\"\nvip_days = 3",
            "catalog.toml:14: `vip_days` belongs to kind = \"vip\"",
        ),
        (
            "title",
            "title = VIP",
            "catalog.toml:4: `product.title` is not TOML: put the text in quotes",
        ),
    ] {
        let workshop = Workshop::new();
        workshop.set_in_catalog(key, line);
        let mistakes = workshop.mistakes(&[]);
        assert_eq!(mistakes.len(), 1, "{line}: {mistakes:#?}");
        assert!(mistakes[0].starts_with(told), "{line}: {mistakes:#?}");
    }
    for (text, told) in [
        (
            "# nothing yet\n",
            "catalog.toml: sells nothing: add a [[product]]",
        ),
        (
            "[product]\nid = \"a\"\n",
            "catalog.toml:1: `product` stands in two pairs of brackets: [[product]]",
        ),
        (
            "[[products]]\nid = \"a\"\n",
            "catalog.toml:1: `products` is no key here: did you mean `product`?",
        ),
    ] {
        let workshop = Workshop::new();
        workshop.write("catalog.toml", text);
        assert_eq!(workshop.mistakes(&[])[0], told);
    }
}

#[test]
fn codes_are_read_as_spreadsheets_write_them() {
    let workshop = Workshop::new();
    workshop.write(
        "codes.txt",
        "\u{FEFF}CODE-1\r\n\r\n# comment\r\n  CODE-2\t\r\n",
    );
    let config = workshop.load().unwrap();
    let wechat_checkout_server::catalog::Unit::Voucher { codes } = &config.catalog.products[1].unit
    else {
        panic!("a voucher")
    };
    assert_eq!(codes, &["CODE-1", "CODE-2"]);
}

#[test]
fn a_bad_code_is_named_by_line_and_column_and_never_repeated() {
    let workshop = Workshop::new();
    let mut codes: String = (0..40_000)
        .map(|number| format!("C-{number:06}\n"))
        .collect();
    codes.push_str("SECRETCODE凭1\n  SECRET CODE\nC-000007\n");
    codes.push_str(&"L".repeat(65));
    workshop.write("codes.txt", codes);
    let mistakes = workshop.mistakes(&[]);
    assert_eq!(
        mistakes,
        [
            "codes.txt:40001: column 11: a code takes visible ASCII characters only, without blanks",
            "codes.txt:40002: column 9: a code takes visible ASCII characters only, without blanks",
            "codes.txt:40004: column 65: a code takes up to 64 characters",
            "codes.txt:40003: the same code stands in codes.txt:8",
        ]
    );
}

/// A file of another kind has the same mistake in every line.
#[test]
fn many_bad_codes_are_counted() {
    let workshop = Workshop::new();
    workshop.write("codes.txt", "a b\n".repeat(5_000));
    let mistakes = workshop.mistakes(&[]);
    assert_eq!(mistakes.len(), 11);
    assert_eq!(
        mistakes[10],
        "codes.txt: 4990 more lines have such mistakes"
    );
}
