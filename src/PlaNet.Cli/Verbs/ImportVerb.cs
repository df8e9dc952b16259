using System.CommandLine;
using PlaNet.Common;
using PlaNet.Replay;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet import</c>: makes episodes from recordings of other programs.</summary>
public static class ImportVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command("import", "Make episodes from .npz recordings of other programs, and print what was dropped");
        var from = new Argument<string>("FROM") { Description = "Folder with one .npz file for each episode" };
        var to = new Argument<string>("TO") { Description = "Folder for the episodes; existing files are never replaced" };
        var image = new Option<string>("--image")
        {
            Description = "Name of the images, [rows, height, width, 3] of bytes; grey ones with 1 instead of 3",
            HelpName = "NAME",
            DefaultValueFactory = _ => "image",
        };
        var action = new Option<string>("--action")
        {
            Description = "Name of the actions, [rows, numbers of an action]",
            HelpName = "NAME",
            DefaultValueFactory = _ => "action",
        };
        var reward = new Option<string>("--reward")
        {
            Description = "Name of the rewards, [rows]",
            HelpName = "NAME",
            DefaultValueFactory = _ => "reward",
        };
        var rows = new Option<string>("--rows")
        {
            Description = "Whether the action and the reward of a row led into its image, or out of it to the next one: into or out_of",
            HelpName = "WHICH",
            DefaultValueFactory = _ => "into",
        };
        verb.Add(from);
        verb.Add(to);
        verb.Add(image);
        verb.Add(action);
        verb.Add(reward);
        verb.Add(rows);
        verb.SetAction(line => Import(
            line.GetRequiredValue(from),
            line.GetRequiredValue(to),
            new ImportOptions
            {
                Image = line.GetRequiredValue(image),
                Action = line.GetRequiredValue(action),
                Reward = line.GetRequiredValue(reward),
                Rows = RowsOf(line.GetRequiredValue(rows)),
            },
            line.InvocationConfiguration.Output,
            line.InvocationConfiguration.Error));
        return verb;
    }

    private static ImportedRows RowsOf(string word) => word switch
    {
        "into" => ImportedRows.Into,
        "out_of" => ImportedRows.OutOf,
        _ => throw new UnusableInputException($"--rows {OneLine.Of(word)}: there is no such choice. Give into or out_of."),
    };

    private static int Import(string from, string to, ImportOptions options, TextWriter output, TextWriter error)
    {
        if (from.Length == 0 || !Directory.Exists(from))
        {
            throw new UnusableInputException($"there is no folder \"{OneLine.Of(from)}\": give a folder with .npz files as FROM.");
        }

        if (to.Length == 0 || File.Exists(to) || Path.GetFullPath(from) == Path.GetFullPath(to))
        {
            throw new UnusableInputException(
                $"episodes cannot be written to \"{OneLine.Of(to)}\": give a folder other than FROM, which may be new, as TO.");
        }

        var files = Directory.GetFiles(from).Order(StringComparer.Ordinal).ToArray();
        var recordings = Array.FindAll(files, IsRecording);
        if (recordings.Length == 0)
        {
            throw new UnusableInputException($"{from} has no .npz file: give a folder with one .npz file for each episode as FROM.");
        }

        try
        {
            Directory.CreateDirectory(to);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"{to} cannot be made: {failure.Message} Give another folder as TO.", failure);
        }

        var dropped = new List<(string What, string Reason, string File)>();
        var refused = new List<(string File, string Reason)>();
        long steps = 0;
        var progress = WorkProgress.OfFiles(error);
        foreach (var (i, file) in recordings.Index())
        {
            try
            {
                var imported = EpisodeImport.Convert(NameOf(file), File.ReadAllBytes(file), options);
                Write(imported.Episode, to);
                steps += imported.Episode.Steps;
                dropped.AddRange(imported.Dropped.Select(part => (part.What, part.Reason, Path.GetFileName(file))));
            }
            catch (EpisodeFileException unusable)
            {
                refused.Add((Path.GetFileName(file), unusable.Reason));
            }

            progress(i + 1, recordings.Length);
        }

        foreach (var part in dropped.GroupBy(part => (part.What, part.Reason)))
        {
            output.WriteLine($"dropped {part.Key.What} of {part.Count()} file(s), such as {part.First().File}: {part.Key.Reason}");
        }

        foreach (var file in files.Where(file => !IsRecording(file)))
        {
            output.WriteLine($"dropped the file {Path.GetFileName(file)}: its extension is not .npz");
        }

        foreach (var (file, reason) in refused)
        {
            output.WriteLine($"dropped the file {file}: {reason}");
        }

        output.WriteLine($"imported {recordings.Length - refused.Count} of {recordings.Length} file(s), {steps} steps, into {to}");
        return refused.Count == 0
            ? ExitCode.Success
            : throw new UnusableInputException(
                $"{refused.Count} of {recordings.Length} file(s) of {from} were not imported, such as {refused[0].File}: "
                + $"{refused[0].Reason} Correct them and repeat the command; what was imported stays.");
    }

    private static bool IsRecording(string file) =>
        file.EndsWith(EpisodeFile.Extension, StringComparison.Ordinal) && !Path.GetFileName(file).StartsWith('.');

    // Names of episodes are valid on every file system.
    private static string NameOf(string file) => string.Concat(Path.GetFileNameWithoutExtension(file)
        .Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' ? letter : '-'));

    private static void Write(Episode episode, string folder)
    {
        var path = Path.Combine(folder, episode.Name + EpisodeFile.Extension);
        var content = EpisodeFile.ToBytes(episode);
        if (!File.Exists(path))
        {
            AtomicFile.Write(path, stream => stream.Write(content));
        }
        else if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            throw new EpisodeFileException(episode.Name, $"{path} exists with another content; give another folder, or remove it.");
        }
    }
}
