namespace Prism.Bench;

/// <summary>The roles of this program as a child process of the bench, by its first argument.</summary>
internal static class Roles
{
    public const string Load = "load-generator";
    public const string Upstream = "fast-upstream";
    public const string Kestrel = "bare-kestrel";
    public const string Yarp = "yarp";
}
