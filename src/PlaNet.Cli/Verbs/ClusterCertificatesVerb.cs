using System.CommandLine;
using PlaNet.Cluster.Security;

namespace PlaNet.Cli.Verbs;

/// <summary><c>planet cluster certificates</c>: creates a certificate authority, and a certificate for every machine.</summary>
public static class ClusterCertificatesVerb
{
    /// <summary>Creates the verb.</summary>
    public static Command Create()
    {
        var verb = new Command(
            "certificates",
            "Create the certificates by which the nodes of several machines authenticate each other; "
            + "run it again with more hosts to add machines");
        var folder = new Option<string>("--out")
        {
            Description = "Folder for the files; an authority in it is reused",
            HelpName = "DIR",
            Required = true,
        };
        var hosts = new Option<string>("--hosts")
        {
            Description = "Names or addresses by which others reach the machines; those of one machine joined by +: node1+10.0.0.5,node2",
            HelpName = "A,B,C",
            Required = true,
        };
        var password = new Option<string?>("--password-file")
        {
            Description = "File whose first line is the password of the private keys; by default only file permissions protect them",
            HelpName = "FILE",
        };
        var pem = new Option<bool>("--pem")
        {
            Description = "Also make HOST.pem, the same certificate and key for a simulator in Python (docs/environments.md)",
        };
        verb.Add(folder);
        verb.Add(hosts);
        verb.Add(password);
        verb.Add(pem);
        verb.SetAction(line =>
        {
            var machines = line.GetRequiredValue(hosts).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            var file = line.GetValue(password);
            var files = ClusterCertificates.Create(
                Path.GetFullPath(line.GetRequiredValue(folder)),
                machines,
                file is null ? null : ReadPassword(file),
                TimeProvider.System,
                line.GetValue(pem));
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
                : throw new UnusableInputException(
                    $"--password-file {file}: the first line is empty. Write the password there, or leave the option out.");
        }
        catch (IOException failure)
        {
            throw new UnusableInputException(
                $"--password-file {file}: cannot be read: {failure.Message.TrimEnd('.')}. Name a file whose first line is the password.",
                failure);
        }
    }

    private static void Print(ClusterCertificateFiles files, bool encrypted, TextWriter output)
    {
        output.WriteLine(files.AuthorityIsNew ? $"created the authority {files.Authority}" : $"reused the authority {files.Authority}");
        output.WriteLine();
        TextTable.Write(
            output,
            ["machine", "reached by", "valid until", "copy to it"],
            [.. files.Machines.Select(machine => new[]
            {
                machine.Hosts[0],
                string.Join(", ", machine.Hosts),
                $"{machine.ValidUntil:yyyy-MM-dd}",
                $"{machine.File} and {files.Authority}",
            })],
            leftAligned: 4);
        output.WriteLine();
        output.WriteLine("On every machine, set this in hocon/planet.conf or the file of --hocon, with the paths on that machine:");
        var passwordFile = encrypted ? ", password_file = \"FILE\"" : "";
        output.WriteLine($"  planet.cluster.tls {{ certificate = \"HOST.pfx\", authority = \"authority.crt\"{passwordFile} }}");
        output.WriteLine(
            $"Do not copy {files.AuthorityKey}: anyone who has it can add machines to the cluster. Keep it here to add machines later.");
    }
}
