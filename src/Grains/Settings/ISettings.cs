namespace Prism.Grains.Settings;

/// <summary>The current settings of one area. Whoever needs a setting reads it here when it is needed: it may change while the silo runs.</summary>
/// <typeparam name="T">The settings, which are not changed but replaced.</typeparam>
public interface ISettings<out T>
{
    /// <summary>The settings from now on.</summary>
    T Current { get; }
}
