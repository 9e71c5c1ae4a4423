namespace Prism.Bench;

/// <summary>What this program can be besides the bench itself: its own children, by their first argument.</summary>
internal static class Roles
{
    public const string Load = "load-generator";
    public const string Upstream = "fast-upstream";
    public const string Kestrel = "bare-kestrel";
    public const string Yarp = "yarp";
}
