using System.Globalization;

namespace Prism.Bench.Processes;

/// <summary>A Redis for the bench alone, without persistence.</summary>
internal static class Redis
{
    public static bool IsInstalled { get; } = Programs.Has("redis-server");

    public static ServerProcess Start(int port, string directory) => ServerProcess.Start("redis", port, directory,
    [
        "redis-server", "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--dir", directory, "--save", "", "--appendonly", "no",
    ]);
}
