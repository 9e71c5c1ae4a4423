using System.Reflection;
using System.Threading.Channels;

namespace Prism.Tests.Background;

/// <summary>Stands for what a background loop depends on: each call of it fails, and is counted.</summary>
internal sealed class FailingDependency(Exception failure)
{
    private readonly Channel<bool> _calls = Channel.CreateUnbounded<bool>();

    /// <summary>An implementation of an interface, each member of which fails.</summary>
    public T Of<T>()
        where T : class
    {
        var proxy = DispatchProxy.Create<T, Proxy>();
        ((Proxy)(object)proxy).Owner = this;
        return proxy;
    }

    /// <summary>Fails.</summary>
    public Exception Fail()
    {
        _calls.Writer.TryWrite(true);
        return failure;
    }

    /// <summary>Waits for the next call.</summary>
    public async Task CalledAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(Patience.Limit);

#pragma warning disable CA1852 // The generated proxies are its subtypes.
    internal class Proxy : DispatchProxy
    {
        public FailingDependency Owner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => throw Owner.Fail();
    }
}
