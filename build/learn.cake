using System.Globalization;
using System.Text.RegularExpressions;

// A column of the only row of a report; its first fields contain no quotes.
double? Figure(FilePath report, string column)
{
    var lines = System.IO.File.ReadAllLines(report.FullPath);
    var text = lines[1].Split(',')[Array.IndexOf(lines[0].Split(','), column)];
    return text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);
}

Task("Learn")
    .Description("Trains quickstart with --seeds (default 0,1,2), one after the other, and fails if they learn less than "
        + "the README states.")
    .IsDependentOn("Setup")
    .IsDependentOn("Build")
    .Does(() =>
{
    // The statement has one place, so that the README and this check cannot differ.
    var stated = Regex.Match(System.IO.File.ReadAllText("README.md"), @"a\s+mean\s+of\s+(\d+)\s+over\s+seeds");
    if (!stated.Success)
    {
        throw new CakeException("README.md no longer states 'a mean of N over seeds': restore the sentence, which --target=Learn checks.");
    }

    var seeds = Argument("seeds", "0,1,2").Split(',');
    if (!seeds.All(seed => ulong.TryParse(seed, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
    {
        throw new CakeException(
            $"--seeds={Argument("seeds", "")}: must be numbers from 0 with commas between them, such as --seeds=3,4,5.");
    }

    var program = MakeAbsolute(File($"src/PlaNet.Cli/bin/{Configuration}/net10.0/planet.dll")).FullPath;
    var runs = MakeAbsolute(Directory($"./runs/learn/{string.Join('-', seeds)}"));
    ProcessArgumentBuilder Planet(string verb) => new ProcessArgumentBuilder().AppendQuoted(program).Append(verb);

    // An interrupted series resumes. A finished one may be that of an earlier program, so it is repeated.
    bool IsDone(string seed)
    {
        var state = runs.Combine(seed).CombineWithFilePath("state").FullPath;
        return System.IO.File.Exists(state) && System.IO.File.ReadAllText(state).StartsWith("DONE", StringComparison.Ordinal);
    }

    if (seeds.All(IsDone))
    {
        CleanDirectory(runs);
    }

    foreach (var seed in seeds)
    {
        var train = Planet("train").Append("--experiment").Append("quickstart").Append("--seed").Append(seed);
        Run("dotnet", train.Append("--out").AppendQuoted(runs.Combine(seed).FullPath), ".");
    }

    Run("dotnet", Planet("report").Append("--runs").AppendQuoted(runs.FullPath), ".");
    var report = runs.CombineWithFilePath("report/report.csv");
    var mean = Figure(report, "mean") ?? throw new CakeException($"{report} has no score: see runs/learn.");
    var best = Figure(report, "iqm_high") ?? mean;
    var result = FormattableString.Invariant(
        $"{seeds.Length} seed(s): mean {mean:F0}, upper end of the interval {best:F0}; the README states {stated.Groups[1].Value}");
    if (best < double.Parse(stated.Groups[1].Value, CultureInfo.InvariantCulture))
    {
        throw new CakeException($"quickstart learns less than stated. {result}");
    }

    Information(result);
});
