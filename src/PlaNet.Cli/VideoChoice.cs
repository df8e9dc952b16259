using System.CommandLine;
using PlaNet.Common;
using PlaNet.Telemetry.Pictures;

namespace PlaNet.Cli;

/// <summary>The file of a video, as an option of several verbs names it.</summary>
internal static class VideoChoice
{
    /// <summary>The writer with the ffmpeg of this machine, if it is there.</summary>
    public static VideoWriter Writer(ParseResult line) => new(Ffmpeg.Find(SettingsFile.Read(line).Planet.Ffmpeg));

    /// <summary>Checks the path of a video: <see cref="OutputFile.Require"/>, and an extension that names a format.</summary>
    /// <param name="option">The option with the path.</param>
    /// <param name="path">Its value.</param>
    /// <exception cref="UnusableInputException">
    /// See <see cref="OutputFile.Require"/>; or the extension is none of .gif, .mp4 and .png.
    /// </exception>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public static void Require(string option, string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".gif" or ".mp4" or ".png"))
        {
            throw new UnusableInputException(
                $"{option} {path}: the extension determines the format. Give a name that ends in .gif, .mp4 or .png.");
        }

        OutputFile.Require(option, path);
    }

    /// <summary>Warns that a file will get another format, before the frames are made.</summary>
    /// <param name="writer">Writes the file later.</param>
    /// <param name="path">The file; null for none.</param>
    /// <param name="output">Output for the warning.</param>
    public static void WarnAhead(VideoWriter writer, string? path, TextWriter output)
    {
        if (path is not null && writer.Warning(path) is { } warning)
        {
            output.WriteLine($"warning: {warning}");
        }
    }

    /// <summary>Warns that a file got another format, unless <see cref="WarnAhead"/> has.</summary>
    /// <param name="writer">Wrote the file.</param>
    /// <param name="path">The file that was asked for.</param>
    /// <param name="written">The file that was written.</param>
    /// <param name="output">Output for the warning.</param>
    public static void WarnAfter(VideoWriter writer, string path, WrittenVideo written, TextWriter output)
    {
        if (written.Failure is { } failure && writer.Warning(path) is null)
        {
            output.WriteLine($"warning: {VideoWriter.WarningOf(path, failure)}");
        }
    }
}
