module PlaNet.Properties.Preprocessing

open Expecto
open PlaNet.Models
open PlaNet.Tensors
open TorchSharp

/// The largest float32 below 1, and so the largest uniform draw.
let private almostOne = 1.0 - 1.0 / float (1 <<< 24)

/// Every pixel value, once per row of dither.
let private everyPixel (rows: int64) =
    torch.tensor(Array.init 256 byte).unsqueeze(0L).expand (rows, 256L)

/// Dither from a seed, with the smallest and the largest possible value in the first two rows.
let private dither seed (rows: int64) =
    let drawn = uniform f32 seed [ rows; 256L ]
    drawn.select(0L, 0L).fill_ 0.0 |> ignore
    drawn.select(0L, 1L).fill_ almostOne |> ignore
    drawn

let private preprocessed bits seed rows =
    ImagePreprocessing.Preprocess(everyPixel rows, bits, dither seed rows) |> numbers |> Array.chunkBySize 256

let tests = testList "Preprocessing" [

    // Seen to fail when Preprocess subtracted 0.49 instead of 0.5, and when the dither reached a whole bin.
    "property 10: black and white stay in their bins and all pixels in [-0.5, 0.5]"
    |> Law.holds 50 Input.seed (fun seed ->
        for row in preprocessed 5 seed 8L do
            require (row[0] >= -0.5 && row[0] < -0.5 + 1.0 / 32.0) $"0 became {row[0]}"
            require (row[255] >= 0.5 - 1.0 / 32.0 && row[255] <= 0.5) $"255 became {row[255]}"
            require (row |> Array.forall (fun x -> x >= -0.5 && x <= 0.5)) "left [-0.5, 0.5]")

    // Seen to fail when the dither was shortened to nine tenths of a bin, which stays in the bin.
    "property 11: quantisation moves a pixel by less than a bin and the dither is centred in it"
    |> Law.holds 10 Input.seed (fun seed ->
        for row in preprocessed 5 seed 8L do
            row |> Array.iteri (fun u x -> require (abs (x - (float u / 256.0 - 0.5)) < 1.0 / 32.0) $"{u} became {x}")

        let draws = 10_000L
        let x = ImagePreprocessing.Preprocess(everyPixel draws, 5, uniform f32 seed [ draws; 256L ])
        let error = 1.0 / 32.0 / sqrt (12.0 * float draws)

        x.mean [| 0L |]
        |> numbers
        |> Array.iteri (fun u mean ->
            let centre = (float (u / 8) + 0.5) / 32.0 - 0.5
            require (abs (mean - centre) < 5.0 * error) $"{u} is {(mean - centre) / error} standard errors off its bin's centre"))

    // Seen to fail when LargestDither was 1, so that rounding reached the next bin.
    "property 12: the round trip gives the lower edge of a pixel's bin"
    |> Law.holds 50 (Input.pair (Input.integer 1 8) Input.seed) (fun (bits, seed) ->
        let x = ImagePreprocessing.Preprocess(everyPixel 8L, bits, dither seed 8L)
        let width = 1 <<< (8 - bits)

        for row in ImagePreprocessing.Postprocess(x, bits) |> numbers |> Array.chunkBySize 256 do
            row |> Array.iteri (fun u back -> require (int back = u / width * width) $"{u} came back as {back} at {bits} bits"))

    // Seen to fail when Postprocess multiplied by 8 at any number of bits, and when the dither was dropped.
    "property 13: all 8 bits come back unchanged, and dither is fresh but repeatable"
    |> Law.holds 50 Input.seed (fun seed ->
        let x = ImagePreprocessing.Preprocess(everyPixel 4L, 8, dither seed 4L)
        requireEqual "8 bits" (everyPixel 4L) (ImagePreprocessing.Postprocess(x, 8))
        use generator = new torch.Generator(seed)
        let draw () = ImagePreprocessing.Preprocess(everyPixel 4L, 5, torch.rand ([| 4L; 256L |], generator = generator))
        let first, second = draw (), draw ()
        require (not (first.SameAs second)) "two draws are equal"
        generator.manual_seed (int64 seed) |> ignore
        requireEqual "the same seed" first (draw ()))
]
