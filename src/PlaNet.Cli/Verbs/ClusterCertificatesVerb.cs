using System.CommandLine;
using PlaNet.Cluster.Security;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet cluster certificates</c>: an authority, and a certificate for every machine.</summary>
public static class ClusterCertificatesVerb
{
    /// <summary>The verb, ready to be added to the command.</summary>
    public static Command Create()
    {
        var verb = new Command("certificates", "Make the certificates by which nodes of several machines know one another; again with more hosts adds machines");
        var folder = new Option<string>("--out") { Description = "Where the files go; an authority that is there is used again", HelpName = "DIR", Required = true };
        var hosts = new Option<string>("--hosts")
        {
            Description = "Every machine by the name or address that others reach it by; several of one machine joined by +, as in node1+10.0.0.5,node2",
            HelpName = "A,B,C",
            Required = true,
        };
        var password = new Option<string?>("--password-file") { Description = "A file whose first line encrypts the private keys; by default they are protected by the files' permissions only", HelpName = "FILE" };
        verb.Add(folder);
        verb.Add(hosts);
        verb.Add(password);
        verb.SetAction(line =>
        {
            var machines = line.GetRequiredValue(hosts).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var file = line.GetValue(password);
            var files = ClusterCertificates.Create(Path.GetFullPath(line.GetRequiredValue(folder)), machines, file is null ? null : ReadPassword(file), TimeProvider.System);
            Print(files, file is not null, line.InvocationConfiguration.Output);
            return ExitCode.Success;
        });
        return verb;
    }

    private static string ReadPassword(string file)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault() is { Length: > 0 } first
                ? first
                : throw new UnusableInputException($"--password-file {file} has an empty first line: write the password there, or leave the option out.");
        }
        catch (IOException failure)
        {
            throw new UnusableInputException($"--password-file {file} cannot be read: {failure.Message.TrimEnd('.')}. Name a file whose first line is the password.", failure);
        }
    }

    private static void Print(ClusterCertificateFiles files, bool encrypted, TextWriter output)
    {
        output.WriteLine(files.AuthorityIsNew ? $"made the authority {files.Authority}" : $"used the authority that was there, {files.Authority}");
        output.WriteLine();
        TextTable.Write(
            output,
            ["machine", "reached by", "valid until", "copy to it"],
            [.. files.Machines.Select(machine => new[]
            {
                machine.Hosts[0], string.Join(", ", machine.Hosts), $"{machine.ValidUntil:yyyy-MM-dd}", $"{machine.File} and {files.Authority}",
            })],
            leftAligned: 4);
        output.WriteLine();
        output.WriteLine("On every machine, in hocon/planet.conf or the file of --hocon, with the paths there:");
        output.WriteLine($"  planet.cluster.tls {{ certificate = \"HOST.pfx\", authority = \"authority.crt\"{(encrypted ? ", password_file = \"FILE\"" : "")} }}");
        output.WriteLine($"Copy {files.AuthorityKey} nowhere: whoever has it can add machines to the cluster. It is needed here to add machines later.");
    }
}
