using System.CommandLine;
using PlaNet.Experiments;
using PlaNet.MuJoCo;
using PlaNet.Loading;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet doctor</c>: every native library, version, backend and device in force, each with its remedy when wrong.</summary>
public static class DoctorVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("doctor", "Check the native libraries, the OpenGL backend, the devices and the threads");
        verb.SetAction(line => Examine(line.InvocationConfiguration.Output));
        return verb;
    }

    private static int Examine(TextWriter output)
    {
        var wrong = 0;
        TorchRuntime.Configure(new ComputeOptions { Threads = Environment.ProcessorCount });
        foreach (var (room, diagnose) in new (string, Func<IReadOnlyList<(string Item, string Value, string? Remedy)>>)[]
        {
            ("libtorch", TorchRuntime.Diagnose), ("MuJoCo", MuJoCoRuntime.Diagnose),
        })
        {
            output.WriteLine(room);
            foreach (var (item, value, remedy) in diagnose())
            {
                output.WriteLine($"  {(remedy is null ? "ok   " : "WRONG")} {item}: {value}");
                if (remedy is not null)
                {
                    wrong++;
                    output.WriteLine($"        {remedy}");
                }
            }
        }

        output.WriteLine(wrong == 0 ? "everything is in order" : $"{wrong} thing(s) to mend");
        return wrong == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
