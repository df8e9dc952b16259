using System.Xml.Linq;

var target = Argument("target", "Test");

const string Solution = "PlaNet.sln";
const string Configuration = "Release";

// Debian 12 packages that the native code needs in addition to the .NET SDK.
var packages = new[]
{
    "libmujoco-dev", "libegl1", "libgl1-mesa-dri", "libosmesa6", "cmake", "make", "gcc", "libc6-dev",
};

bool IsInstalled(string package)
{
    var query = new ProcessSettings
    {
        Arguments = new ProcessArgumentBuilder().Append("--show").Append("--showformat=${db:Status-Status}").Append(package),
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Silent = true,
    };
    return StartProcess("dpkg-query", query, out var status) == 0 && status.SequenceEqual(new[] { "installed" });
}

void Apt(string arguments)
{
    var settings = new ProcessSettings { Arguments = arguments };
    settings.EnvironmentVariables = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
    if (StartProcess("apt-get", settings) != 0)
    {
        throw new CakeException($"apt-get {arguments} failed: run `apt-get -f install`, then ./build.sh --target=Setup again");
    }
}

// Ctrl-C is sent to the child too: wait until it has stopped, and return its exit code.
void Run(string program, ProcessArgumentBuilder arguments, DirectoryPath folder)
{
    ConsoleCancelEventHandler wait = (_, pressed) => pressed.Cancel = true;
    Console.CancelKeyPress += wait;
    try
    {
        var code = StartProcess(program, new ProcessSettings { Arguments = arguments, WorkingDirectory = folder });
        if (code != 0)
        {
            throw new CakeException(code, $"{program} ended with exit code {code}; its last message has the cause");
        }
    }
    finally
    {
        Console.CancelKeyPress -= wait;
    }
}

Task("Setup")
    .Description("Installs the missing Debian packages if run by root; otherwise prints the command to run.")
    .Does(() =>
{
    if (!FileExists("/usr/bin/dpkg-query"))
    {
        Warning("This is not Debian, so no packages are installed: install the equivalents of {0} yourself.", string.Join(' ', packages));
        return;
    }

    var missing = packages.Where(package => !IsInstalled(package)).ToArray();
    if (missing.Length == 0)
    {
        Information("Nothing to install.");
        return;
    }

    var install = $"install -y --no-install-recommends {string.Join(' ', missing)}";
    if (!System.Environment.IsPrivilegedProcess)
    {
        throw new CakeException(
            $"Packages are missing: {string.Join(' ', missing)}. Run this line, then the same target again:\n\n"
            + $"    sudo apt-get update && sudo apt-get {install}\n");
    }

    Apt("update");
    Apt(install);
});

Task("Build")
    .Description("Builds the solution in Release.")
    .IsDependentOn("Setup")
    .Does(() => DotNetBuild(Solution, new DotNetBuildSettings
    {
        Configuration = Configuration,
        NoLogo = true,
        Verbosity = DotNetVerbosity.Minimal,
    }));

Task("Test")
    .Description("Runs all tests; the last line is `N passed, N failed, N skipped`, summed over both test programs. "
        + "--filter=TEXT or --law=N selects tests.")
    .IsDependentOn("Setup")
    .IsDependentOn("Build")
    .Does(() =>
{
    var filter = Argument("filter", "");
    var law = Argument("law", "");
    var results = MakeAbsolute(Directory("./artifacts/tests"));
    CleanDirectory(results);
    int passed = 0, failed = 0, skipped = 0;
    var unreported = new List<string>();

    // noneSelectedCode: exit code of a test program whose filter selects no test.
    void RunTests(
        string name,
        int noneSelectedCode,
        Action<ProcessArgumentBuilder> addOptions,
        Func<XDocument, (int Passed, int Failed, int Skipped)> count)
    {
        var program = MakeAbsolute(File($"tests/{name}/bin/{Configuration}/net10.0/{name}.dll"));
        var arguments = new ProcessArgumentBuilder().AppendQuoted(program.FullPath);
        addOptions(arguments);
        var code = StartProcess("dotnet", new ProcessSettings { Arguments = arguments });
        var report = results.CombineWithFilePath($"{name}.xml");
        var counted = FileExists(report) ? count(XDocument.Load(report.FullPath)) : default;
        var filtered = filter != "" || law != "";
        passed += counted.Passed;
        skipped += counted.Skipped;

        // A crashed program, or one without any test, counts as one failure even if its report has none.
        failed += counted.Failed;
        if (code != 0 && counted.Failed == 0 && !(filtered && code == noneSelectedCode))
        {
            failed++;
            unreported.Add($"{name} ended with exit code {code} and reports no failure; above 128 it is 128 and a signal");
        }
    }

    int Sum(XDocument report, string element, params string[] attributes) =>
        report.Descendants(element).Sum(found => attributes.Sum(attribute => (int?)found.Attribute(attribute) ?? 0));

    // All numbered laws are in PlaNet.Properties.
    if (law == "")
    {
        RunTests(
            "PlaNet.Tests",
            8,
            arguments =>
            {
                arguments.Append("--no-progress")
                    .Append("--results-directory").AppendQuoted(results.FullPath)
                    .Append("--report-xunit").Append("--report-xunit-filename").Append("PlaNet.Tests.xml");
                if (filter != "")
                {
                    arguments.Append("--filter-method").AppendQuoted($"*{filter}*");
                }
            },
            report => (
                Sum(report, "assembly", "passed"),
                Sum(report, "assembly", "failed", "errors"),
                Sum(report, "assembly", "skipped", "not-run")));
    }

    RunTests(
        "PlaNet.Properties",
        2,
        arguments =>
        {
            arguments.Append("--nunit-summary").AppendQuoted(results.CombineWithFilePath("PlaNet.Properties.xml").FullPath);
            if (filter != "")
            {
                arguments.Append("--filter").AppendQuoted(filter);
            }

            if (law != "")
            {
                arguments.Append("--law").AppendQuoted(law);
            }
        },
        report =>
        {
            var broken = Sum(report, "test-results", "errors", "failures");
            var ignored = Sum(report, "test-results", "ignored");
            return (Sum(report, "test-results", "total") - broken - ignored, broken, ignored);
        });

    Console.WriteLine();
    Console.WriteLine($"{passed} passed, {failed} failed, {skipped} skipped");
    if (failed > 0)
    {
        throw new CakeException(string.Join(". ", unreported.Prepend($"Tests failed: {failed}; see the reports in artifacts/tests")) + ".");
    }

    if (passed == 0)
    {
        var selection = $"{(law != "" ? $" --law={law}" : "")}{(filter != "" ? $" --filter={filter}" : "")}";
        throw new CakeException(
            $"No test passed: no test was selected{(selection != "" ? " by" + selection : "")}. Give another --filter or --law.");
    }
});

Task("Train")
    .Description("Trains --experiment (default quickstart); --seed, --out and --device as for `planet train`.")
    .IsDependentOn("Setup")
    .IsDependentOn("Build")
    .Does(() =>
{
    var arguments = new ProcessArgumentBuilder()
        .AppendQuoted(MakeAbsolute(File($"src/PlaNet.Cli/bin/{Configuration}/net10.0/planet.dll")).FullPath)
        .Append("train")
        .Append("--experiment").AppendQuoted(Argument("experiment", "quickstart"));
    foreach (var option in new[] { "seed", "out", "device" }.Where(option => HasArgument(option)))
    {
        arguments.Append($"--{option}").AppendQuoted(Argument<string>(option));
    }

    Run("dotnet", arguments, Directory(EnvironmentVariable("PLANET_CALLER", ".")));
});

#load "build/grids.cake"
#load "build/learn.cake"

// Missing packages are reported before the planet command fails without them.
gridTargets.ForEach(grid => grid.IsDependentOn("Setup"));

Task("Format")
    .Description("Formats the sources; with --verify only checks the format.")
    .Does(() =>
{
    var arguments = new ProcessArgumentBuilder().Append("format").Append(Solution);
    if (HasArgument("verify"))
    {
        arguments.Append("--verify-no-changes");
    }

    Run("dotnet", arguments, Directory("."));
});

Task("Pack")
    .Description("Makes the NuGet packages in artifacts/packages; --package-version sets their version (default: from the git tags v*).")
    .IsDependentOn("Setup")
    .Does(() =>
{
    var version = Argument("package-version", "");
    if (version.Length == 0)
    {
        // Without a tag or without git, minver gives 0.1.0-alpha.0 and the number of commits.
        var minver = new ProcessSettings
        {
            Arguments = "minver --tag-prefix v --minimum-major-minor 0.1 --verbosity error",
            RedirectStandardOutput = true,
        };
        if (StartProcess("dotnet", minver, out var lines) != 0)
        {
            throw new CakeException("The version could not be read from the git tags: give --package-version.");
        }

        version = lines.Last(line => line.Length > 0);
    }

    // Restored without the version, because a restore would write it into the lock files.
    DotNetRestore(Solution);
    var packages = Directory("./artifacts/packages");
    CleanDirectory(packages);

    // PlaNet.Cli refers to all libraries. PathMap keeps paths of this machine out of the packages.
    var versioned = new DotNetMSBuildSettings()
        .WithProperty("Version", version)
        .WithProperty("LibTorchPackages", "")
        .WithProperty("PathMap", $"{MakeAbsolute(Directory("."))}=/planet");
    DotNetBuild("./src/PlaNet.Cli", new DotNetBuildSettings
    {
        Configuration = Configuration,
        NoLogo = true,
        NoRestore = true,
        Verbosity = DotNetVerbosity.Minimal,
        MSBuildSettings = versioned,
    });
    DotNetPack(Solution, new DotNetPackSettings
    {
        Configuration = Configuration,
        NoLogo = true,
        NoBuild = true,
        OutputDirectory = packages,
        Verbosity = DotNetVerbosity.Minimal,
        MSBuildSettings = new DotNetMSBuildSettings().WithProperty("Version", version).WithProperty("PublishLibTorch", "false"),
    });
    Information("{0} packages of version {1} are in artifacts/packages.", GetFiles("./artifacts/packages/*.nupkg").Count, version);
});

Task("Check")
    .Description("Checks white space, builds the solution with all analyzers, and runs the tests of the documentation.")
    .IsDependentOn("Setup")
    .Does(() =>
{
    var format = new ProcessArgumentBuilder().Append("format").Append("whitespace").Append(Solution).Append("--verify-no-changes");
    Run("dotnet", format, Directory("."));

    // An incremental build reports no warnings for projects that it skips.
    DotNetBuild(Solution, new DotNetBuildSettings
    {
        Configuration = Configuration,
        NoLogo = true,
        NoIncremental = true,
        Verbosity = DotNetVerbosity.Minimal,
    });

    var tests = new ProcessArgumentBuilder()
        .AppendQuoted(MakeAbsolute(File($"tests/PlaNet.Tests/bin/{Configuration}/net10.0/PlaNet.Tests.dll")).FullPath)
        .Append("--no-progress")
        .Append("--filter-class").AppendQuoted("*DocumentationTests");
    Run("dotnet", tests, Directory("."));
});

Task("Docs")
    .Description("Makes one site of the pages and the API reference in artifacts/site, with docfx.")
    .IsDependentOn("Setup")
    .IsDependentOn("Build")
    .Does(() =>
{
    var source = Directory("./artifacts/site-source");
    CleanDirectory(source);
    CleanDirectory("./artifacts/site");

    // In this layout the links between the pages hold. The tool has a manifest of its own, because no other target needs it.
    CopyFiles("./*.md", source);
    CopyDirectory("./docs", source + Directory("docs"));
    CopyDirectory("./docs/site", source);
    CreateDirectory(source + Directory("assemblies"));
    CopyFiles($"./src/PlaNet.Cli/bin/{Configuration}/net10.0/PlaNet.*", source + Directory("assemblies"));
    Run("dotnet", new ProcessArgumentBuilder().Append("tool").Append("restore"), source);
    Run("dotnet", new ProcessArgumentBuilder().Append("docfx").Append("docfx.json").Append("--logLevel").Append("error"), source);
    Information("Open artifacts/site/index.html, or run `dotnet docfx serve ../site` in artifacts/site-source");
});

Task("Bench")
    .Description("Runs the benchmarks (tests/PlaNet.Benchmarks).")
    .IsDependentOn("Setup")
    .IsDependentOn("Build")
    .Does(() => Run(
        "dotnet",
        new ProcessArgumentBuilder()
            .Append("run")
            .Append("--configuration").Append(Configuration)
            .Append("--project").Append("tests/PlaNet.Benchmarks"),
        Directory(".")));

Task("Soak")
    .Description("Trains for --minutes (30), killing and resuming runs at random (--seed), and fails if something grows or is left behind.")
    .IsDependentOn("Setup")
    .IsDependentOn("Build")
    .Does(() =>
{
    var program = MakeAbsolute(File($"tests/PlaNet.Benchmarks/bin/{Configuration}/net10.0/PlaNet.Benchmarks.dll"));
    var arguments = new ProcessArgumentBuilder().AppendQuoted(program.FullPath).Append("soak");
    foreach (var option in new[] { "minutes", "seed" }.Where(option => HasArgument(option)))
    {
        arguments.Append($"--{option}").AppendQuoted(Argument<string>(option));
    }

    Run("dotnet", arguments, Directory("."));
});

try
{
    RunTarget(target);
}
catch (CakeReportException failure) when (failure.InnerException is CakeException cause)
{
    // Cake takes its exit code from the inner exception, which the wrapper hides.
    throw cause;
}
