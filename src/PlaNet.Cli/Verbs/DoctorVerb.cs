using System.CommandLine;
using PlaNet.Experiments;
using PlaNet.MuJoCo;
using PlaNet.Loading;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet doctor</c>: checks the native libraries, the OpenGL backend and the devices, and prints remedies.</summary>
public static class DoctorVerb
{
    /// <summary>Creates the verb.</summary>
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
        foreach (var (library, diagnose) in new (string, Func<IReadOnlyList<(string Item, string Value, string? Remedy)>>)[]
        {
            ("libtorch", TorchRuntime.Diagnose), ("MuJoCo", MuJoCoRuntime.Diagnose),
        })
        {
            output.WriteLine(library);
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

        output.WriteLine(wrong == 0 ? "everything is in order" : $"{wrong} problem(s) to fix");
        return wrong == 0 ? ExitCode.Success : ExitCode.Failure;
    }
}
