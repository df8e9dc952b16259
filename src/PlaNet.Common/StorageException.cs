namespace PlaNet.Common;

/// <summary>Why a write failed.</summary>
public enum StorageProblem
{
    /// <summary>The disk or the quota is full.</summary>
    Full,

    /// <summary>The file system is read-only.</summary>
    ReadOnly,

    /// <summary>Permission denied.</summary>
    Denied,

    /// <summary>The path cannot be a file there: its folder is missing, or its name is taken, too long, or that of a folder.</summary>
    Path,

    /// <summary>Any other cause; see the inner exception.</summary>
    Other,
}

/// <summary>A write failed. Existing files are unchanged; the message names the path, the cause and the remedy.</summary>
public sealed class StorageException : IOException
{
    private StorageException(StorageProblem problem, string message, Exception cause)
        : base(message, cause)
    {
        Problem = problem;
        HResult = cause.HResult;
    }

    /// <summary>Why the write failed.</summary>
    public StorageProblem Problem { get; }

    /// <summary>Classifies a failed write; a <see cref="StorageException"/> is returned unchanged.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="cause">An <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
    public static StorageException Of(string path, Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        if (cause is StorageException known)
        {
            return known;
        }

        var problem = ProblemOf(cause);
        var message = problem switch
        {
            StorageProblem.Full =>
                $"The disk is full: could not write {path} ({cause.Message}) Files saved earlier are intact. " +
                "Free some space or raise the quota (`df -h` shows the free space).",
            StorageProblem.ReadOnly =>
                $"The file system is read-only: could not write {path} ({cause.Message}) Mount it for writing, or use another folder.",
            StorageProblem.Denied =>
                $"Permission denied: could not write {path} ({cause.Message}) Change the permissions of the folder, or use another folder.",
            _ => $"Could not write {path}: {cause.Message} Check that the folder exists and is writable.",
        };
        return new StorageException(problem, message, cause);
    }

    // On Unix, HResult holds the errno of the system call.
    private static StorageProblem ProblemOf(Exception cause)
    {
        const int NoSpaceLeft = 28;
        const int QuotaOnLinux = 122;
        const int QuotaOnMac = 69;
        const int ReadOnlyFileSystem = 30;
        const int Exists = 17;
        const int NotAFolder = 20;
        const int IsAFolder = 21;
        const int WindowsDiskFull = unchecked((int)0x80070070);
        const int WindowsHandleDiskFull = unchecked((int)0x80070027);
        const int WindowsWriteProtected = unchecked((int)0x80070013);
        return cause switch
        {
            UnauthorizedAccessException => StorageProblem.Denied,
            DirectoryNotFoundException or FileNotFoundException or PathTooLongException => StorageProblem.Path,
            { HResult: Exists or NotAFolder or IsAFolder } => StorageProblem.Path,
            { HResult: NoSpaceLeft or WindowsDiskFull or WindowsHandleDiskFull } => StorageProblem.Full,
            { HResult: QuotaOnLinux } when OperatingSystem.IsLinux() => StorageProblem.Full,
            { HResult: QuotaOnMac } when OperatingSystem.IsMacOS() => StorageProblem.Full,
            { HResult: ReadOnlyFileSystem or WindowsWriteProtected } => StorageProblem.ReadOnly,
            _ => StorageProblem.Other,
        };
    }
}
