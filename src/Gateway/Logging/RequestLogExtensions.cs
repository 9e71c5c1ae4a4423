using Microsoft.AspNetCore.Http;

namespace Prism.Gateway.Logging;

/// <summary>Finds the <see cref="RequestLog"/> of a request.</summary>
public static class RequestLogExtensions
{
    /// <summary>The log of this request. A host that writes no line for its requests has one all the same, which is never read.</summary>
    public static RequestLog GetLog(this HttpContext context)
    {
        var features = context.Features;
        if (features.Get<RequestLog>() is not { } log)
        {
            features.Set(log = new RequestLog());
        }

        return log;
    }
}
