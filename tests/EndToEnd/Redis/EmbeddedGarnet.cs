using System.Net;
using Garnet;
using Garnet.server;
using Microsoft.Extensions.Logging.Abstractions;
using Prism.Tests.Processes;

namespace Prism.Tests.Redis;

/// <summary>Garnet in this process, in memory. It goes away behind a forwarder, since it would forget what it has.</summary>
internal sealed class EmbeddedGarnet : TestRedis
{
    private readonly GarnetServer _server;
    private readonly Forwarder _forwarder;

    public EmbeddedGarnet()
    {
        var port = FreePorts.Take(1)[0];
        _server = new GarnetServer(
            new GarnetServerOptions(NullLogger.Instance)
            {
                EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
                QuietMode = true,
                LogMemorySize = "64m",
                PageSize = "1m",
                IndexMemorySize = "1m",
                // Orleans writes state with scripts, and without them hangs in silence.
                EnableLua = true,
                LuaOptions = new(LuaMemoryManagementMode.Native, "", Timeout.InfiniteTimeSpan, LuaLoggingMode.Enable, [], null),
            },
            NullLoggerFactory.Instance);
        _server.Start();
        _forwarder = new("127.0.0.1", port);
        _forwarder.Open();
    }

    public override string Url => $"redis://127.0.0.1:{_forwarder.Port}";

    public override string Kind => "Garnet";

    public override Task GoAwayAsync() => _forwarder.CloseAsync();

    public override Task ComeBackAsync()
    {
        _forwarder.Open();
        return Task.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await _forwarder.DisposeAsync();
        _server.Dispose();
    }
}
