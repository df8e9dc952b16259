using System.CommandLine;
using System.Globalization;
using PlaNet.Environments.Verification;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet verify</c>: compares the tasks on this machine with data recorded from the original tasks.</summary>
public static class VerifyVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command(
            "verify",
            "Compare models, physics, rewards, resets and frames with recorded data; exit code 1 if a difference exceeds its tolerance");
        var parts = new Argument<string[]>("part")
        {
            Description = $"Parts to compare: {string.Join(", ", Verifier.Parts)}; by default all",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var data = new Option<string>("--data") { Description = "Folder of the recorded data", HelpName = "DIR", Required = true };
        verb.Add(parts);
        verb.Add(data);
        verb.SetAction((line, interruption) => Task.FromResult(
            Verify(line.GetValue(parts) ?? [], line.GetRequiredValue(data), line.InvocationConfiguration.Output, interruption)));
        return verb;
    }

    private static int Verify(string[] parts, string data, TextWriter output, CancellationToken interruption)
    {
        var unknown = Array.Find(parts, part => !Verifier.Parts.Contains(part, StringComparer.Ordinal));
        if (unknown is not null)
        {
            throw new UnusableInputException(
                $"planet verify {unknown}: there is no such part. Name some of {string.Join(", ", Verifier.Parts)}, or none for all.");
        }

        try
        {
            var folder = new ReferenceFolder(data);
            var (files, beyond) = (0, 0);
            foreach (var part in parts.Length > 0 ? parts : Verifier.Parts)
            {
                output.WriteLine(part);
                foreach (var comparison in Verifier.Run(part, folder))
                {
                    interruption.ThrowIfCancellationRequested();
                    output.WriteLine($"  {Line(comparison)}");
                    files++;
                    beyond += comparison.IsWithinTolerance ? 0 : 1;
                }
            }

            output.WriteLine(
                beyond == 0 ? $"{files} files agree within their tolerances" : $"{beyond} of {files} files are beyond their tolerances");
            return beyond == 0 ? ExitCode.Success : ExitCode.Failure;
        }
        catch (ReferenceDataException failure)
        {
            throw new UnusableInputException($"--data {data}: {failure.Message}", failure);
        }
    }

    private static string Line(FileComparison comparison)
    {
        var differences = comparison.Differences.Select(difference =>
        {
            var largest = difference.Largest.ToString("G3", CultureInfo.InvariantCulture);
            var place = difference.FirstBeyond is null ? "" : $" (beyond tolerance first at {difference.FirstBeyond})";
            return $"{difference.Quantity} {largest}{place}";
        });
        var note = comparison.Note is null ? "" : $" [{comparison.Note}]";
        var verdict = comparison.IsWithinTolerance ? "ok    " : "BEYOND";
        return $"{verdict} {comparison.File} ({comparison.Records}): {string.Join(", ", differences)}{note}";
    }
}
