using System.Diagnostics;

namespace PlaNet.Tests.Common;

/// <summary>A small tmpfs disk that can be filled and made read-only. Needs the right to mount; tests are skipped without it.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _mounted;

    public SmallDisk(int kibibytes)
    {
        _mounted = OperatingSystem.IsLinux() && Mount("-t", "tmpfs", "-o", $"size={kibibytes}k", "tmpfs", Path);
        if (!_mounted)
        {
            _folder.Dispose();
            Assert.Skip("A small disk cannot be mounted here: that takes Linux and root.");
        }
    }

    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    /// <summary>Fills the disk until only <paramref name="leave"/> bytes are free.</summary>
    public void Fill(int leave)
    {
        var free = new DriveInfo(Path).AvailableFreeSpace;
        using var ballast = new FileStream(Ballast, FileMode.Create);
        ballast.Write(new byte[free - leave]);
    }

    /// <summary>Deletes the file that <see cref="Fill"/> wrote.</summary>
    public void Empty() => File.Delete(Ballast);

    public void MakeReadOnly() => Assert.True(Mount("-o", "remount,ro", Path));

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", "--lazy", Path);
            _folder.Dispose();
        }
    }

    private string Ballast => _folder["ballast"];

    private static bool Mount(params string[] words) => Run("mount", words);

    private static bool Run(string program, params string[] words)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, words)
            {
                RedirectStandardError = true,
                UseShellExecute = false
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
