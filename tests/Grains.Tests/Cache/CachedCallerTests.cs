using Prism.Grains.Interfaces.Chat;
using Prism.Pipeline;
using Prism.Providers;
using Prism.Tests.Chat;
using static Prism.Tests.Chat.ScriptedProvider;

namespace Prism.Tests.Cache;

public class CachedCallerTests
{
    private const int Calls = 1_000;

    private readonly TestPipeline _pipeline = new();

    [Fact]
    public void A_cache_that_is_off_costs_a_call_nothing()
    {
        var answer = Task.FromResult<ProviderResult>(Answer("ok", ChatUsage.Of(1, 1)));
        _pipeline.Vendor.OnComplete = (_, _) => answer;
        var cached = NoCache.Before(_pipeline.Failover);
        var call = new ChatCall(_pipeline.Vendor, TestPipeline.Ask() with { Model = "gpt-4o" }, new() { Provider = "vendor", Model = "gpt-4o" });
        // What is made once, is made before.
        AllocatedBy(() => _pipeline.Failover.CompleteAsync(call, CancellationToken.None));
        AllocatedBy(() => cached.CompleteAsync(call, CancellationToken.None));

        var without = AllocatedBy(() => _pipeline.Failover.CompleteAsync(call, CancellationToken.None));
        var with = AllocatedBy(() => cached.CompleteAsync(call, CancellationToken.None));

        // The provider under test keeps its requests in a list that grows now and then.
        Assert.InRange((double)(with - without) / Calls, -40, 40);
    }

    private static long AllocatedBy(Func<Task> call)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Calls; i++)
        {
            Assert.True(call().IsCompletedSuccessfully);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
