namespace Prism.Tests.Faults;

/// <summary>What a provider does wrong. One of the first three properties is set.</summary>
internal sealed record FaultScript
{
    /// <summary>How it answers.</summary>
    public Func<FaultCall, Task>? Respond { get; private init; }

    /// <summary>All that it sends, before it closes the connection; whether as a stream is the second argument.</summary>
    public Func<FaultVendor, bool, string>? Raw { get; private init; }

    /// <summary>Where it is, where the fault lies in that.</summary>
    public Func<FaultSockets, string>? Url { get; private init; }

    /// <summary>How the provider is configured, without the prefix of its variables.</summary>
    public (string Name, string Value)[] Settings { get; private init; } = [];

    /// <summary>Whether it is for the service to find out that nothing comes any more.</summary>
    public bool FallsSilent { get; private init; }

    public static FaultScript Of(Func<FaultCall, Task> respond, params (string Name, string Value)[] settings) =>
        new() { Respond = respond, Settings = settings };

    public static FaultScript Silence(Func<FaultCall, Task> respond) => new() { Respond = respond, FallsSilent = true };

    public static FaultScript Bytes(Func<FaultVendor, bool, string> raw) => new() { Raw = raw };

    public static FaultScript At(Func<FaultSockets, string> url, params (string Name, string Value)[] settings) =>
        new() { Url = url, Settings = settings };
}

/// <summary>One request to a provider with a fault.</summary>
/// <param name="call">The request.</param>
/// <param name="one">Which fault of which provider.</param>
/// <param name="namesATime">Whether what is refused is to be tried again at a time that the provider names.</param>
internal sealed class FaultCall(UpstreamCall call, FaultCase one, bool namesATime)
{
    /// <summary>The time that it names, in seconds.</summary>
    public const string RetryAfter = "7";

    public FaultVendor Vendor => one.Vendor;

    public bool Streamed => one.Row.Streamed;

    /// <summary>What it would say if nothing were wrong.</summary>
    public string Answer => Vendor.Answer(Streamed);

    /// <summary>Of an answer what is not the whole.</summary>
    public string FirstHalf => Streamed ? Vendor.Beginning : Vendor.Answers.Text[..40];

    /// <summary>An error that comes with status 200.</summary>
    public string Error => Streamed ? Vendor.Event(Vendor.Error, Vendor.ErrorEvent) : Vendor.Error;

    private (string Name, string Value)[] TimeNamed => namesATime ? [("Retry-After", RetryAfter)] : [];

    /// <summary>Answers with a status that is no success.</summary>
    public Task FailAsync(int status) =>
        call.JsonAsync(Vendor.Error, status, TimeNamed);

    /// <summary>Answers with a redirect to where there is a good answer.</summary>
    public Task RedirectAsync() => call.Request.Path.EndsWith("/elsewhere", StringComparison.Ordinal)
        ? BeginAsync(Answer)
        : call.JsonAsync("{}", 302, [("Location", $"{call.Request.Path}/elsewhere"), .. TimeNamed]);

    /// <summary>Answers with a page.</summary>
    public Task HtmlAsync() => call.BodyAsync("<html>It works!</html>", "text/html");

    /// <summary>Answers with these bytes and status 200, and ends in good order or not at all.</summary>
    public async Task BeginAsync(string body, bool hang = false)
    {
        await call.StartStreamAsync(Streamed ? Vendor.Answers.StreamType : "application/json");
        await call.WriteAsync(body);
        if (hang)
        {
            await HangAsync();
        }
    }

    /// <summary>Says nothing until the client leaves.</summary>
    public Task HangAsync() => call.HangAsync();
}
