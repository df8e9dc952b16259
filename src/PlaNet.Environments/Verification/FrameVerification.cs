using System.Buffers.Binary;
using System.Text;
using PlaNet.MuJoCo;

namespace PlaNet.Environments.Verification;

/// <summary>
/// Recorded frames, drawn again. They were drawn by Mesa 22.3 llvmpipe: there they must be equal to the byte. Another OpenGL implementation
/// moves edges and stars: there, a mean difference of 2 of 255 and 8 % of values off by more than 8 are allowed.
/// </summary>
internal static class FrameVerification
{
    private const double LargestMean = 2;
    private const double LargestShare = 0.08;
    private const int Noticeable = 8;

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
        var described = folder.Json($"frames/{set}/states.json");
        var (width, height) = (described.GetProperty("width").GetInt32(), described.GetProperty("height").GetInt32());
        var states = described.GetProperty("frames").EnumerateArray().ToList();
        var recorded = Pixels(file, folder.Bytes(file), states.Count, height, width);
        using var environment = RecordedTasks.Make(RecordedTasks.OfSet(set)[0]);
        using var camera = environment.OpenCamera(new ImageSpec(height, width), described.GetProperty("camera_id").GetInt32(), RenderQuality.Reference);
        var exact = MuJoCoRuntime.OpenGl is var (renderer, version)
            && renderer.StartsWith("llvmpipe", StringComparison.Ordinal) && version.Contains("Mesa 22.3", StringComparison.Ordinal);
        var (pixels, mean, share) = (new DifferenceMeter("pixels"), new DifferenceMeter("mean"), new DifferenceMeter("share off by more than 8"));
        var drawn = new byte[width * height * 3];
        for (var i = 0; i < states.Count; i++)
        {
            RecordedTasks.Place(environment, RecordedTasks.Numbers(states[i].GetProperty("qpos")), [], RecordedTasks.Target(states[i]));
            environment.Physics.Data.Forward();
            camera.Render(drawn);
            var differences = new int[drawn.Length];
            for (var j = 0; j < drawn.Length; j++)
            {
                differences[j] = Math.Abs(drawn[j] - recorded[(i * drawn.Length) + j]);
            }

            pixels.Add(0, differences.Max(), exact ? 0 : null, $"frame {i}");
            mean.Add(0, differences.Average(), exact ? 0 : LargestMean, $"frame {i}");
            share.Add(0, differences.Count(difference => difference > Noticeable) / (double)drawn.Length, exact ? 0 : LargestShare, $"frame {i}");
        }

        return new FileComparison(
            file,
            states.Count,
            [pixels.Result, mean.Result, share.Result],
            exact ? null : $"not the recorded OpenGL: judged by mean and share on {MuJoCoRuntime.OpenGl.Renderer}, {MuJoCoRuntime.OpenGl.Version}");
    }

    /// <summary>The pixels of an .npy file of version 1.0, uint8, shape (frames, height, width, 3).</summary>
    private static ArraySegment<byte> Pixels(string file, byte[] npy, int frames, int height, int width)
    {
        var start = HeaderEnd(npy);
        var header = start > 0 ? Encoding.ASCII.GetString(npy, 10, start - 10).Replace(" ", "", StringComparison.Ordinal) : "";
        var bytes = frames * height * width * 3;
        return header.Contains("'|u1'", StringComparison.Ordinal)
            && header.Contains("'fortran_order':False", StringComparison.Ordinal)
            && header.Contains($"'shape':({frames},{height},{width},3)", StringComparison.Ordinal)
            && npy.Length == start + bytes
            ? new ArraySegment<byte>(npy, start, bytes)
            : throw new ReferenceDataException($"{file} is no .npy file of version 1.0 with uint8 frames of shape ({frames}, {height}, {width}, 3).");
    }

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
