using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PlaNet.MuJoCo;

/// <summary>Functions of the C shim. Those that return a status return 0, or -1 with the message in <see cref="LastError"/>.</summary>
internal static partial class Native
{
    internal const string Library = "planet_mujoco";

    internal static string LastError => Text(ErrorText());

    /// <summary>Throws an exception with the native message if a call failed.</summary>
    internal static void Check(int status)
    {
        if (status < 0)
        {
            throw new MuJoCoException(LastError);
        }
    }

    internal static string Text(nint utf8)
    {
        return Marshal.PtrToStringUTF8(utf8) ?? string.Empty;
    }

    [LibraryImport(Library, EntryPoint = "pmj_initialise")]
    internal static partial int Initialise();

    [LibraryImport(Library, EntryPoint = "pmj_header_version")]
    internal static partial int HeaderVersion();

    [LibraryImport(Library, EntryPoint = "pmj_runtime_version")]
    internal static partial int RuntimeVersion();

    [LibraryImport(Library, EntryPoint = "pmj_library_path")]
    internal static partial nint LibraryPath();

    [LibraryImport(Library, EntryPoint = "pmj_last_error")]
    private static partial nint ErrorText();

    [LibraryImport(Library, EntryPoint = "pmj_load_model")]
    internal static unsafe partial int LoadModel(
        int count, byte** names, byte** contents, int* sizes, byte* warning, int warningSize, out ModelHandle model);

    [LibraryImport(Library, EntryPoint = "pmj_free_model")]
    internal static partial void FreeModel(nint model);

    [LibraryImport(Library, EntryPoint = "pmj_model_size", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ModelSize(ModelHandle model, string name, out int value);

    [LibraryImport(Library, EntryPoint = "pmj_model_id", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ModelId(ModelHandle model, string kind, string name);

    [LibraryImport(Library, EntryPoint = "pmj_model_name", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ModelName(ModelHandle model, string kind, int id);

    [LibraryImport(Library, EntryPoint = "pmj_model_view", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ModelView(ModelHandle model, string name, out View view);

    [LibraryImport(Library, EntryPoint = "pmj_make_data")]
    internal static partial int MakeData(ModelHandle model, out DataHandle data);

    [LibraryImport(Library, EntryPoint = "pmj_free_data")]
    internal static partial void FreeData(nint data);

    [LibraryImport(Library, EntryPoint = "pmj_data_view", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int DataView(ModelHandle model, DataHandle data, string name, out View view);

    [LibraryImport(Library, EntryPoint = "pmj_contact_count")]
    internal static partial int ContactCount(DataHandle data);

    [LibraryImport(Library, EntryPoint = "pmj_reset")]
    internal static partial int Reset(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "pmj_forward")]
    internal static partial int Forward(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "pmj_forward_without_actuation")]
    internal static partial int ForwardWithoutActuation(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "pmj_step")]
    internal static partial int Step(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "pmj_step1")]
    internal static partial int Step1(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "pmj_step2")]
    internal static partial int Step2(ModelHandle model, DataHandle data);

    [LibraryImport(Library, EntryPoint = "pmj_control_step")]
    internal static partial int ControlStep(ModelHandle model, DataHandle data, int physicsSteps);

    [LibraryImport(Library, EntryPoint = "pmj_copy_data")]
    internal static partial int CopyData(ModelHandle model, DataHandle destination, DataHandle source);

    [LibraryImport(Library, EntryPoint = "pmj_open_gl", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int OpenGl(string? choice);

    [LibraryImport(Library, EntryPoint = "pmj_gl_backend")]
    internal static partial nint GlBackend();

    [LibraryImport(Library, EntryPoint = "pmj_gl_version")]
    internal static partial nint GlVersion();

    [LibraryImport(Library, EntryPoint = "pmj_gl_renderer")]
    internal static partial nint GlRenderer();

    [LibraryImport(Library, EntryPoint = "pmj_make_renderer")]
    internal static partial int MakeRenderer(
        ModelHandle model, int width, int height, int shadowSize, int slices, int stacks, out nint renderer);

    [LibraryImport(Library, EntryPoint = "pmj_free_renderer")]
    internal static partial int FreeRenderer(nint renderer);

    [LibraryImport(Library, EntryPoint = "pmj_render")]
    internal static unsafe partial int Render(ModelHandle model, DataHandle data, nint renderer, int camera, byte* rgb);

    [LibraryImport(Library, EntryPoint = "pmj_baseline_steps")]
    internal static partial int BaselineSteps(ModelHandle model, DataHandle data, double control, int physicsSteps, int length, int count);

    [LibraryImport(Library, EntryPoint = "pmj_baseline_frames")]
    internal static partial int BaselineFrames(ModelHandle model, DataHandle data, nint renderer, int count);

    /// <summary>Address, element type and shape of an array; the layout of pmj_view in view.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct View
    {
        internal nint Data;
        internal int Type;
        internal int Rows;
        internal int Columns;
    }
}

/// <summary>Owns a compiled model.</summary>
internal sealed class ModelHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Native.FreeModel(handle);
        return true;
    }
}

/// <summary>Owns simulation data.</summary>
internal sealed class DataHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        Native.FreeData(handle);
        return true;
    }
}
