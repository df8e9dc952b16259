using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PlaNet.MuJoCo;

namespace PlaNet.Environments.Verification;

/// <summary>
/// Renders the recorded frames again. They were recorded with Mesa 22.3 llvmpipe, where the bytes must be equal. Another OpenGL
/// implementation shifts edges and stars: there, a mean difference of 2 of 255 is allowed, and 8 % of the values may differ by more than 8.
/// </summary>
internal static partial class FrameVerification
{
    private const double MaxMean = 2;
    private const double MaxShare = 0.08;
    private const int PixelThreshold = 8;

    public static IEnumerable<FileComparison> Run(ReferenceFolder folder)
    {
        foreach (var set in folder.Names("frames", "*"))
        {
            yield return Compare(folder, set);
        }
    }

    private static FileComparison Compare(ReferenceFolder folder, string set)
    {
        var file = $"frames/{set}/frames.npy";
        var states = folder.Json($"frames/{set}/states.json").GetProperty("frames").EnumerateArray().ToList();
        var (height, width, recorded) = Frames(file, folder.Bytes(file), states.Count);
        using var environment = RecordedTasks.Make(RecordedTasks.OfSet(set)[0]);
        using var camera = environment.OpenCamera(new ImageSpec(height, width), 0, RenderQuality.Reference);
        var exact = MuJoCoRuntime.OpenGl is var (renderer, version)
            && renderer.StartsWith("llvmpipe", StringComparison.Ordinal) && version.Contains("Mesa 22.3", StringComparison.Ordinal);
        var (pixels, mean) = (new DifferenceMeter("pixels"), new DifferenceMeter("mean"));
        var share = new DifferenceMeter("share off by more than 8");
        var rendered = new byte[width * height * 3];
        for (var i = 0; i < states.Count; i++)
        {
            var positions = RecordedTasks.Numbers(states[i].GetProperty("qpos"));
            RecordedTasks.Place(environment, positions, [], RecordedTasks.Target(states[i]));
            environment.Physics.Data.Forward();
            camera.Render(rendered);
            var differences = new int[rendered.Length];
            for (var j = 0; j < rendered.Length; j++)
            {
                differences[j] = Math.Abs(rendered[j] - recorded[(i * rendered.Length) + j]);
            }

            pixels.Add(0, differences.Max(), exact ? 0 : null, $"frame {i}");
            mean.Add(0, differences.Average(), exact ? 0 : MaxMean, $"frame {i}");
            var shareAbove = differences.Count(difference => difference > PixelThreshold) / (double)rendered.Length;
            share.Add(0, shareAbove, exact ? 0 : MaxShare, $"frame {i}");
        }

        return new FileComparison(
            file,
            states.Count,
            [pixels.Result, mean.Result, share.Result],
            exact
                ? null
                : "recorded with another OpenGL, so only mean and share are checked; this one is "
                    + $"{MuJoCoRuntime.OpenGl.Renderer}, {MuJoCoRuntime.OpenGl.Version}");
    }

    /// <summary>Reads an .npy file of version 1.0, type uint8 and shape (frames, height, width, 3).</summary>
    private static (int Height, int Width, ArraySegment<byte> Pixels) Frames(string file, byte[] npy, int frames)
    {
        var start = HeaderEnd(npy);
        var header = start > 0 ? Encoding.ASCII.GetString(npy, 10, start - 10).Replace(" ", "", StringComparison.Ordinal) : "";
        var shape = Shape().Match(header);
        if (!header.Contains("'|u1'", StringComparison.Ordinal)
            || !header.Contains("'fortran_order':False", StringComparison.Ordinal)
            || !shape.Success)
        {
            throw new ReferenceDataException(
                $"{file} must be an .npy file of version 1.0 with uint8 frames of shape (frames, height, width, 3): "
                + "restore the recorded file.");
        }

        var (recorded, height, width) = (Number("frames"), Number("height"), Number("width"));
        return recorded == frames && npy.Length - start == (long)frames * height * width * 3
            ? (height, width, new ArraySegment<byte>(npy, start, npy.Length - start))
            : throw new ReferenceDataException(
                $"{file} holds {npy.Length - start} bytes for {recorded} frames of {height}x{width}, and states.json describes {frames} "
                + "frames: the counts must be equal, with 3 bytes per pixel. Restore the recorded files.");

        int Number(string group)
        {
            return int.Parse(shape.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
        }
    }

    [GeneratedRegex(
        @"'shape':\((?<frames>[0-9]{1,6}),(?<height>[0-9]{1,4}),(?<width>[0-9]{1,4}),3\)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();

    private static int HeaderEnd(byte[] npy)
    {
        byte[] magic = [0x93, .. "NUMPY"u8, 1, 0];
        if (npy.Length < 10 || !npy.AsSpan(0, 8).SequenceEqual(magic))
        {
            return 0;
        }

        var end = 10 + BinaryPrimitives.ReadUInt16LittleEndian(npy.AsSpan(8));
        return end <= npy.Length ? end : 0;
    }
}
