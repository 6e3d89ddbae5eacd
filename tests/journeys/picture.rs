//! Makes pictures small enough for a repository: as many colours as one byte can name.

use anyhow::{Context, Result, ensure};
use quantizr::{Image, Options, QuantizeResult};

/// A screen has its flat colours and their edges; more than this nobody sees.
const COLOURS_MAX: i32 = 128;
/// A picture in the documents that is larger has something in it that does not belong there.
const BYTES_MAX: usize = 100_000;

/// The same picture in fewer bytes.
pub(crate) fn shrink(png: &[u8]) -> Result<Vec<u8>> {
    let (width, height, pixels) = read(png)?;
    let image = Image::new(&pixels, width, height).context("an empty picture")?;
    let mut options = Options::default();
    options
        .set_max_colors(COLOURS_MAX)
        .context("too many colours")?;
    let mut quantized = QuantizeResult::quantize(&image, &options);
    // Dithering would make noise of flat areas, which costs bytes and looks dirty.
    quantized
        .set_dithering_level(0.0)
        .context("a wrong dithering level")?;
    let mut indices = vec![0; width * height];
    quantized
        .remap_image(&image, &mut indices)
        .context("the picture changed its size")?;
    let palette = quantized.get_palette();
    let colours: Vec<u8> = palette.entries[..usize::try_from(palette.count)?]
        .iter()
        .flat_map(|colour| [colour.r, colour.g, colour.b])
        .collect();
    let small = write(width, height, colours, &indices)?;
    ensure!(small.len() <= BYTES_MAX, "{} bytes are left", small.len());
    Ok(small)
}

/// Width, height and the pixels as red, green, blue, alpha.
fn read(bytes: &[u8]) -> Result<(usize, usize, Vec<u8>)> {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let size = reader.output_buffer_size().context("a huge picture")?;
    let mut pixels = vec![0; size];
    let frame = reader.next_frame(&mut pixels)?;
    pixels.truncate(frame.buffer_size());
    let pixels = match frame.color_type {
        png::ColorType::Rgba => pixels,
        png::ColorType::Rgb => pixels
            .chunks_exact(3)
            .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], u8::MAX])
            .collect(),
        other => anyhow::bail!("a screenshot in {other:?}"),
    };
    Ok((
        usize::try_from(frame.width)?,
        usize::try_from(frame.height)?,
        pixels,
    ))
}

fn write(width: usize, height: usize, colours: Vec<u8>, indices: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, u32::try_from(width)?, u32::try_from(height)?);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(colours);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(indices)?;
    Ok(bytes)
}
