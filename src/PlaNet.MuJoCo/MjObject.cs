namespace PlaNet.MuJoCo;

/// <summary>Kinds of named objects in a model.</summary>
public enum MjObject
{
    /// <summary>Body; the world is body 0.</summary>
    Body,

    /// <summary>Joint.</summary>
    Joint,

    /// <summary>Geom.</summary>
    Geom,

    /// <summary>Site.</summary>
    Site,

    /// <summary>Camera.</summary>
    Camera,

    /// <summary>Light.</summary>
    Light,

    /// <summary>Texture.</summary>
    Texture,

    /// <summary>Material.</summary>
    Material,

    /// <summary>Tendon.</summary>
    Tendon,

    /// <summary>Actuator.</summary>
    Actuator,

    /// <summary>Sensor.</summary>
    Sensor,
}
